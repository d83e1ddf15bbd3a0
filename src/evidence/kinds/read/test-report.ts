import { z } from 'zod';
import { seconds, utc } from './quantities.ts';

const testCase = z.strictObject({
  class: z.string(),
  name: z.string(),
  seconds,
  outcome: z.enum(['passed', 'failed', 'skipped']),
  message: z.string().nullable(),
});
/** Tests as they stand in a bundle. */
export const testReport = z.strictObject({
  suites: z.array(z.strictObject({ name: z.string(), timestamp: utc.nullable(), cases: z.array(testCase) })),
});
export type TestReport = z.infer<typeof testReport>;
export type TestCase = z.infer<typeof testCase>;
