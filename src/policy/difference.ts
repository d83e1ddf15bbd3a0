import type { Requirement, Verdict } from './verdict.ts';

/** What of a verdict decides what happens: words apart. */
type Answer = Omit<Verdict, 'rules' | 'obligations'> & { readonly rules: readonly Requirement[]; readonly obligations: readonly string[] };

/**
 * How one verdict differs from another in what it does: the most important difference first, undefined when there is none.
 * `ALLOW → DENY` and the like; else with the same result `other rule`, `other requirements`, `other challenge` or
 * `other obligations`. Wording is no difference (see `isReworded`).
 */
export function differenceOf(recorded: Answer, candidate: Answer): string | undefined {
  if (recorded.result !== candidate.result) return `${recorded.result} → ${candidate.result}`;
  if (recorded.ruleId !== candidate.ruleId) return 'other rule';
  if (!sameText(unmetOf(recorded), unmetOf(candidate))) return 'other requirements';
  if (!sameText(challengeOf(recorded), challengeOf(candidate))) return 'other challenge';
  return sameText(recorded.obligations.toSorted(), candidate.obligations.toSorted()) ? undefined : 'other obligations';
}

/** True when two verdicts that do the same say it in other words. */
export function isReworded(recorded: Answer, candidate: Answer): boolean {
  return recorded.explanation !== candidate.explanation || !sameText(wordsOf(recorded), wordsOf(candidate));
}

/** A set: the order of requirements is their precedence, and shows in the determining rule. */
function unmetOf({ rules }: Answer): string[] {
  return rules.map(({ ruleId, effect }) => `${effect} ${ruleId}`).sort();
}

function challengeOf({ challenge }: Answer): string[] {
  return challenge === null ? [] : [challenge.acrValues, String(challenge.maxAge)];
}

function wordsOf({ rules }: Answer): string[] {
  return rules.map(({ ruleId, explanation, remedy }) => JSON.stringify([ruleId, explanation, remedy])).sort();
}

function sameText(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
