import { isJsonObject } from '../core/index.ts';

/** What signing in again must bring (RFC 9470); `maxAge` in seconds. */
export type Challenge = { readonly acrValues: string; readonly maxAge: number };

/** One requirement that did not hold. */
export type Requirement = {
  readonly ruleId: string;
  readonly effect: 'DENY' | 'STEP_UP';
  readonly explanation: string;
  readonly remedy: string;
};

/** What the policy says of one input, before it is given an id and a place. */
export type Verdict = {
  readonly result: 'ALLOW' | 'DENY' | 'STEP_UP';
  readonly ruleId: string;
  readonly explanation: string;
  readonly rules: readonly Requirement[];
  readonly challenge: Challenge | null;
  readonly obligations: readonly string[];
};

/** The members of a JSON object, not yet looked at. */
type Members = { readonly [key: string]: unknown };

/**
 * Reads what Wasm returned, strictly and by hand: a schema library took as long as the policy itself. Sets come back in no
 * order, so they are sorted here: equal verdicts have equal bytes.
 *
 * @throws Error when it is not exactly one complete verdict, or an ALLOW with something unmet
 */
export function readVerdict(resultSet: unknown): Verdict {
  const [only, ...others] = listOf(resultSet, 'the result set');
  if (only === undefined || others.length > 0) throw new Error(`the policy gave ${others.length + (only === undefined ? 0 : 1)} answers`);
  const answer = membersOf(membersOf(only, 'the answer').result, 'the decision');
  const verdict: Verdict = {
    result: oneOf(['ALLOW', 'DENY', 'STEP_UP'], answer.result, 'result'),
    ruleId: textOf(answer.ruleId, 'ruleId'),
    explanation: textOf(answer.explanation, 'explanation'),
    rules: listOf(answer.rules, 'rules').map(requirementOf),
    challenge: answer.challenge === null ? null : challengeOf(answer.challenge),
    obligations: listOf(answer.obligations, 'obligations').map(obligationOf).sort(),
  };
  if (verdict.result === 'ALLOW' && verdict.rules.length > 0) throw new Error('the policy allowed with unmet requirements');
  if ((verdict.result === 'STEP_UP') !== (verdict.challenge !== null)) throw new Error('a challenge belongs to STEP_UP and only to it');
  return verdict;
}

/** What else the policy says of a requirement (its precedence, its challenge) has served its purpose and is left out. */
function requirementOf(value: unknown): Requirement {
  const rule = membersOf(value, 'a requirement');
  return {
    ruleId: textOf(rule.ruleId, 'the ruleId of a requirement'),
    effect: oneOf(['DENY', 'STEP_UP'], rule.effect, 'the effect of a requirement'),
    explanation: textOf(rule.explanation, 'the explanation of a requirement'),
    remedy: textOf(rule.remedy, 'the remedy of a requirement'),
  };
}

function challengeOf(value: unknown): Challenge {
  const { acrValues, maxAge, ...others } = membersOf(value, 'challenge');
  if (typeof acrValues !== 'string') throw unlike('challenge.acrValues', 'text');
  if (typeof maxAge !== 'number' || !Number.isSafeInteger(maxAge) || maxAge <= 0) throw unlike('challenge.maxAge', 'a positive integer');
  if (Object.keys(others).length > 0) throw unlike('challenge', 'acrValues and maxAge alone');
  return { acrValues, maxAge };
}

function obligationOf(value: unknown): string {
  if (typeof value !== 'string') throw unlike('an obligation', 'text');
  return value;
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw unlike(what, 'a list');
  return value;
}

function membersOf(value: unknown, what: string): Members {
  if (!isJsonObject(value)) throw unlike(what, 'an object');
  return value;
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw unlike(what, 'text that says something');
  return value;
}

function oneOf<const T extends string>(known: readonly T[], value: unknown, what: string): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw unlike(what, known.join(' or '));
  return found;
}

function unlike(what: string, expected: string): Error {
  return new Error(`the policy's answer is malformed: ${what} is not ${expected}`);
}

/** The denial for when the policy itself could not answer: fail closed, and say so. */
export function faultVerdict(): Verdict {
  const explanation = 'the policy engine could not decide, so the answer is no';
  const remedy = 'repeat the call; if it lasts, tell the operators the decision id';
  return {
    result: 'DENY',
    ruleId: 'engine.fault',
    explanation,
    rules: [{ ruleId: 'engine.fault', effect: 'DENY', explanation, remedy }],
    challenge: null,
    obligations: [],
  };
}
