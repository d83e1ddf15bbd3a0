import { z } from 'zod';
import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { inTime, seconds, text, toUtc, utc } from './read/quantities.ts';

const step = z.strictObject({ name: text, startedAt: utc, finishedAt: utc, passed: z.boolean(), detail: z.string().exactOptional() });
const document = z
  .strictObject({
    drill: text,
    startedAt: utc,
    finishedAt: utc,
    rpoSeconds: seconds,
    rtoSeconds: seconds,
    objectives: z.strictObject({ rpoSeconds: seconds, rtoSeconds: seconds }),
    steps: z.array(step.refine(inTime, 'finished before it started')).min(1),
  })
  .refine(inTime, 'finished before it started');
type Drill = z.infer<typeof document>;

export const drDrill: Kind = defineKind({
  name: 'dr-drill',
  title: 'the report of a disaster recovery drill',
  reads: 'JSON of the form `dr-drill`',
  measures: ['rpoSeconds', 'rtoSeconds', 'steps', 'stepsFailed'],
  file: 'dr-drill.json',
  mediaType: 'application/json',
  statement: { form: 'test-result', passed: ({ bytes }) => holds(shaped(parseJson(bytes.toString('utf8')), document)) },
  read: (input) => {
    const drill = shaped(parseJson(input), document);
    const { rpoSeconds, rtoSeconds, steps } = drill;
    return {
      content: drill,
      summary: { rpoSeconds, rtoSeconds, steps: steps.length, stepsFailed: failedSteps(drill) },
      madeAt: toUtc(drill.finishedAt),
    };
  },
});

function failedSteps({ steps }: Drill): number {
  return steps.filter(({ passed }) => !passed).length;
}

function holds(drill: Drill): boolean {
  const { rpoSeconds, rtoSeconds, objectives } = drill;
  return failedSteps(drill) === 0 && rpoSeconds <= objectives.rpoSeconds && rtoSeconds <= objectives.rtoSeconds;
}
