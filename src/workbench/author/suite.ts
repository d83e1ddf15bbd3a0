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
  const [wrong, own] = await Promise.allSettled([
    checkPolicies(options.opa, options.folder, options.signal),
    first === undefined ? undefined : runRegoTests(options, first),
  ]);
  if (wrong.status === 'rejected') throw wrong.reason;
  // What does not compile fails its tests as well, in fewer words.
  if (wrong.value.length > 0) return { tests: 0, cases: 0, failures: wrong.value };
  if (own.status === 'rejected') throw own.reason;
  if (own.value !== undefined && own.value.failures.length > 0) return { tests: own.value.count, cases: 0, failures: own.value.failures };
  const [tests, cases] = await Promise.all([runRegoTests(options), runGoldenCases(options, compiled)]);
  return { tests: tests.count, cases: cases.count, failures: [...tests.failures, ...cases.failures] };
}
