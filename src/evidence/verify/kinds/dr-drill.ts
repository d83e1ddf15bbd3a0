import { z } from 'zod';
import { parseAs } from '../form.ts';
import type { DocumentReader } from './kind.ts';
import { latestOf, utc } from './times.ts';

const seconds = z.number().min(0);
const drill = z.strictObject({
  drill: z.string().min(1),
  startedAt: utc,
  finishedAt: utc,
  rpoSeconds: seconds,
  rtoSeconds: seconds,
  objectives: z.strictObject({ rpoSeconds: seconds, rtoSeconds: seconds }),
  steps: z
    .array(z.strictObject({ name: z.string().min(1), startedAt: utc, finishedAt: utc, passed: z.boolean(), detail: z.string().optional() }))
    .min(1),
});

export const readDrDrill: DocumentReader = (document) => {
  const { rpoSeconds, rtoSeconds, objectives, steps, finishedAt } = parseAs(drill, document);
  const stepsFailed = steps.filter((step) => !step.passed).length;
  return {
    summary: { rpoSeconds, rtoSeconds, steps: steps.length, stepsFailed },
    madeAt: latestOf([finishedAt]),
    passed: stepsFailed === 0 && rpoSeconds <= objectives.rpoSeconds && rtoSeconds <= objectives.rtoSeconds,
  };
};
