import { ToolError } from '../errors.ts';
import type { Tables } from './enumerate.ts';
import { codes, judge, unmetIn } from './policy.ts';
import { baselineDigits, type Digits, inputOf, type Space } from './space.ts';
import { codeAt } from './table.ts';

/** One way the gates can stand, and the tables that hold there. */
type Standing = { readonly start: Digits; readonly tables: Tables };

/**
 * Puts whole random inputs to the engine and compares with what the tables say together: that rules do not see each other, and
 * that `main` does no more than put them together, is the one thing which enumeration rule by rule takes for granted.
 *
 * @throws ToolError `analysis.unsound`, naming the first input that differs
 */
export function compareSample(space: Space, standings: readonly Standing[], size: number, seed: number): void {
  const random = generator(seed);
  for (let index = 0; index < size; index += 1) {
    const standing = standings[Math.floor(random() * standings.length)];
    if (standing === undefined) return;
    // Every other input stays near to the baseline, or nothing would ever be allowed.
    const digits = drawn(space, standing.start, index % 2 === 0 ? 1 : 0.06, random);
    compare(space, standing.tables, digits);
  }
}

function compare(space: Space, tables: Tables, digits: Digits): void {
  const input = inputOf(space, digits);
  const verdict = judge(tables.policy, input);
  const [said, expected] = [unmetIn(verdict), unmetAt(tables, space, digits)];
  const wrong = [...new Set([...said.keys(), ...expected.keys()])].find((id) => said.get(id) !== expected.get(id));
  const composed = answerAt(tables, space, digits, expected);
  if (wrong === undefined && verdict.result === composed.result && composed.ruleIds.includes(verdict.ruleId)) return;
  const what = wrong === undefined ? `${composed.result} by \`${composed.ruleIds.join('|')}\`` : `something else of \`${wrong}\``;
  throw new ToolError(
    'analysis.unsound',
    `the engine answers ${verdict.result} by \`${verdict.ruleId}\`, the rules taken one by one say ${what}: ${JSON.stringify(input)}`,
    { remedy: 'look for a rule that reads more than its manifest says, or for conditions of `main` that are not gates' },
  );
}

/** What the tables say is unmet, in the order of precedence. */
function unmetAt({ requirements, unmet }: Tables, space: Space, digits: Digits): Map<string, number> {
  const found = new Map<string, number>();
  unmet.forEach((table, index) => {
    const code = codeAt(table, space, digits);
    if (code !== codes.met) found.set(requirements[index]?.id ?? '', code);
  });
  return found;
}

function answerAt({ grant, grantIds }: Tables, space: Space, digits: Digits, unmet: ReadonlyMap<string, number>) {
  const [first] = unmet.keys();
  if (first === undefined) return { result: 'ALLOW', ruleIds: (grantIds[codeAt(grant, space, digits)] ?? '').split('|') };
  return { result: [...unmet.values()].every((code) => code === codes.stepUp) ? 'STEP_UP' : 'DENY', ruleIds: [first] };
}

/** Each axis but the gates takes a random choice with this probability, else it stays. */
function drawn(space: Space, start: Digits, probability: number, random: () => number): number[] {
  const own = baselineDigits(space);
  return space.axes.map(({ choices }, number) => {
    if (space.gates.includes(number)) return start[number] ?? 0;
    return random() < probability ? Math.floor(random() * choices.length) : (own[number] ?? 0);
  });
}

/** Mulberry32: small, seeded and good enough to draw inputs. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
