import { z } from 'zod';
import { parseAs } from '../form.ts';
import type { DocumentReader } from './kind.ts';
import { latestOf, utc } from './times.ts';

const timeline = z.strictObject({
  migration: z.string().min(1),
  strategy: z.string().min(1),
  phases: z.array(z.strictObject({ name: z.string().min(1), startedAt: utc, finishedAt: utc })).min(1),
  cutoverSeconds: z.number().min(0),
  errorRate: z.number().min(0).max(1),
  score: z.number().min(0).max(100),
  backout: z.strictObject({ plan: z.string(), validated: z.boolean() }),
});

export const readMigration: DocumentReader = (document) => {
  const { phases, cutoverSeconds, errorRate, score, backout } = parseAs(timeline, document);
  const summary = { phases: phases.length, cutoverSeconds, errorRate, score, backoutValidated: backout.validated };
  return { summary, madeAt: latestOf(phases.map(({ finishedAt }) => finishedAt)) };
};
