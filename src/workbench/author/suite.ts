import { checkPolicies } from './check.ts';
import type { Failure } from './failure.ts';
import { runGoldenCases } from './golden.ts';
import { runRegoTests, type TestOptions } from './tests.ts';

/** What a run of everything an author has to pass found. */
export type SuiteRun = { readonly tests: number; readonly cases: number; readonly failures: readonly Failure[] };

export type SuiteOptions = TestOptions & {
  /** Tests to run before all others, as a regular expression over their full names: when one fails the others are not waited for. */
  readonly first?: string | undefined;
  /** Whether the golden cases are decided by the compiled policy too. */
  readonly compiled: boolean;
};

/** `opa check`, `opa test` and the golden cases, in this order; what does not compile is not tested. */
export async function testPolicies({ first, compiled, ...options }: SuiteOptions): Promise<SuiteRun> {
  const [wrong, own] = await Promise.all([
    checkPolicies(options.opa, options.folder, options.signal),
    first === undefined ? undefined : runRegoTests(options, first),
  ]);
  if (wrong.length > 0) return { tests: 0, cases: 0, failures: wrong };
  if (own !== undefined && own.failures.length > 0) return { tests: own.count, cases: 0, failures: own.failures };
  const [tests, cases] = await Promise.all([runRegoTests(options), runGoldenCases(options, compiled)]);
  return { tests: tests.count, cases: cases.count, failures: [...tests.failures, ...cases.failures] };
}
