import type { JsonObject } from '../../core/index.ts';
import { messageOf } from '../../core/index.ts';
import type { PolicyEngine, PolicyRule, Verdict } from '../../policy/index.ts';
import { ToolError } from '../errors.ts';

/** A compiled policy under analysis, and what people call it. */
export type Policy = { readonly label: string; readonly engine: PolicyEngine };

/** What it means that a requirement is in a verdict. */
export const codes = { met: 0, deny: 1, stepUp: 2 } as const;

/** The requirements among some rules, in the order in which they determine an answer. */
export function requirementsIn(rules: readonly PolicyRule[]): PolicyRule[] {
  const place = (rule: PolicyRule) => rule.precedence ?? Number.NEGATIVE_INFINITY;
  return rules
    .filter(({ kind }) => kind === 'requirement')
    .toSorted((one, other) => place(one) - place(other) || (one.id < other.id ? -1 : 1));
}

/**
 * What the real engine says of an input.
 *
 * @throws ToolError `analysis.unsound` when it cannot answer: two helper rules that contradict each other, for example
 */
export function judge({ label, engine }: Policy, input: JsonObject): Verdict {
  const { verdict, fault } = engine.judge(input);
  if (fault === undefined) return verdict;
  throw new ToolError('analysis.unsound', `${label} has no answer to ${JSON.stringify(input)}: ${messageOf(fault)}`, {
    cause: fault,
    remedy: 'the engine denies it as `engine.fault`; look for helper rules with several values at once',
  });
}

/** The code of each requirement that a verdict names. */
export function unmetIn({ rules }: Verdict): Map<string, number> {
  const unmet = new Map<string, number>();
  for (const { ruleId, effect } of rules) {
    if (unmet.get(ruleId) !== codes.deny) unmet.set(ruleId, effect === 'STEP_UP' ? codes.stepUp : codes.deny);
  }
  return unmet;
}
