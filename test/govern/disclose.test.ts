import { expect, test } from 'vitest';
import { entryOf } from '../../src/core/index.ts';
// What the kernel does to an answer, for decisions that no rule of today gives.
import { disclose } from '../../src/govern/decision.ts';
import { aDecision } from '../support/decisions.ts';

const told = (decision: ReturnType<typeof aDecision>) => disclose(decision, entryOf(decision.decisionId));
const masked = { obligations: ['mask_explanation'] };

test('a denial is masked for who may not know why', () => {
  const denial = aDecision({ ...masked, result: 'DENY', challenge: null });
  expect(told(denial)).toEqual({
    ...denial,
    ruleId: 'policy.masked',
    explanation: `this is not permitted; an org-admin sees why in the entry \`${entryOf(denial.decisionId)}\` of the ledger`,
    rules: [],
  });
});

test('a step-up and a permission are told whole: one can only meet a challenge that one sees', () => {
  for (const decision of [aDecision(masked), aDecision({ ...masked, result: 'ALLOW', challenge: null })])
    expect(told(decision)).toBe(decision);
});
