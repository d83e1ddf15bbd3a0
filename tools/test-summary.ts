import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isMain, script } from './main.ts';

const report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});
export type TestReport = z.infer<typeof report>;

/** `N passed, N failed`. A file that failed without a failing test (it could not be loaded, or a hook failed) counts as one failure. */
export function summaryOf({ numPassedTests, numFailedTests, testResults }: TestReport): string {
  const broken = testResults.filter(({ status, assertionResults }) => {
    return status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed');
  });
  return `${numPassedTests} passed, ${numFailedTests + broken.length} failed`;
}

/** Prints the summary of a report that vitest wrote (`--reporter=json`). */
async function main(file: string): Promise<void> {
  process.stdout.write(`${summaryOf(report.parse(JSON.parse(readFileSync(file, 'utf8'))))}\n`);
}

if (isMain(import.meta.url)) await script(() => main(process.argv[2] ?? ''));
