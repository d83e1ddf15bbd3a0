import { z } from 'zod';
import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { inTime, latest, ratio, seconds, text, utc } from './read/quantities.ts';

const phase = z.strictObject({ name: text, startedAt: utc, finishedAt: utc }).refine(inTime, 'finished before it started');
const document = z.strictObject({
  migration: text,
  strategy: text,
  phases: z.array(phase).min(1),
  cutoverSeconds: seconds,
  errorRate: ratio,
  score: z.number().min(0).max(100),
  backout: z.strictObject({ plan: text, validated: z.boolean() }),
});

export const migrationTimeline: Kind = defineKind({
  name: 'migration-timeline',
  title: 'the timeline of a migration',
  reads: 'JSON of the form `migration-timeline`',
  measures: ['phases', 'cutoverSeconds', 'errorRate', 'score', 'backoutValidated'],
  file: 'migration-timeline.json',
  mediaType: 'application/json',
  statement: { form: 'digest' },
  read: (input) => {
    const content = shaped(parseJson(input), document);
    const { phases, cutoverSeconds, errorRate, score, backout } = content;
    const summary = { phases: phases.length, cutoverSeconds, errorRate, score, backoutValidated: backout.validated };
    return { content, summary, madeAt: latest(phases.map(({ finishedAt }) => finishedAt)) };
  },
});
