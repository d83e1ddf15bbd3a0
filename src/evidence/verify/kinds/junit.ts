import { z } from 'zod';
import { parseAs } from '../form.ts';
import type { DocumentReader } from './kind.ts';
import { downToThousandths } from './numbers.ts';
import { latestOf, utc } from './times.ts';

const testCase = z.strictObject({
  class: z.string(),
  name: z.string(),
  seconds: z.number().min(0),
  outcome: z.enum(['passed', 'failed', 'skipped']),
  message: z.string().nullable(),
});
const junit = z.strictObject({
  suites: z.array(z.strictObject({ name: z.string(), timestamp: utc.nullable(), cases: z.array(testCase) })),
});

export const readJunit: DocumentReader = (document) => {
  const { suites } = parseAs(junit, document);
  const cases = suites.flatMap((suite) => suite.cases);
  const countOf = (wanted: string) => cases.filter(({ outcome }) => outcome === wanted).length;
  const failed = countOf('failed');
  const seconds = downToThousandths(cases.reduce((sum, item) => sum + item.seconds, 0));
  return {
    summary: { tests: cases.length, failed, skipped: countOf('skipped'), seconds },
    passed: cases.length > 0 && failed === 0,
    madeAt: latestOf(suites.map(({ timestamp }) => timestamp)),
  };
};
