import { z } from 'zod';
import type { PolicyEngine } from './engine.ts';
import { policyInput } from './input.ts';

const selfTestCase = z.strictObject({
  name: z.string(),
  input: policyInput,
  expect: z.strictObject({ result: z.enum(['ALLOW', 'DENY', 'STEP_UP']), ruleId: z.string(), unmet: z.array(z.string()) }),
});

export const selfTestFile = z.array(selfTestCase);
/** A golden case that travels with the policy: what it must say where it is loaded. */
export type SelfTestCase = z.infer<typeof selfTestCase>;

/** The first case that an engine does not decide as it must, in words; undefined when all hold. */
export function failedSelfTest(engine: PolicyEngine, cases: readonly SelfTestCase[]): string | undefined {
  for (const { name, input, expect } of cases) {
    const { result, ruleId, rules } = engine.decide(input).verdict;
    const said = `${result} by ${[ruleId, ...rules.map((rule) => rule.ruleId)].join(', ')}`;
    const wanted = `${expect.result} by ${[expect.ruleId, ...expect.unmet].join(', ')}`;
    if (said !== wanted) return `the self-test \`${name}\` says ${said} instead of ${wanted}`;
  }
  return undefined;
}
