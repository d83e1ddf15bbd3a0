import type { Verdict } from '../../policy/index.ts';
import { ToolError } from '../errors.ts';
import { answerOf, compose, type View } from './compose.ts';
import { acceptedBy, axisNumber, type Constraint, constraintsOf } from './constraints.ts';
import { digitsOf } from './digits.ts';
import type { Tables } from './enumerate.ts';
import type { Invariant } from './invariants-file.ts';
import { judge, type Policy } from './policy.ts';
import { baselineDigits, combinations, type Digits, inputOf, type Space } from './space.ts';
import { malformed } from './space-file.ts';
import { remoteness, type State } from './states.ts';
import { fixed } from './table.ts';
import { circumstances, type Example, exampleOf } from './words.ts';

/** An invariant that does not hold, and the input nearest to the baseline that shows it. */
export type Finding = {
  readonly invariant: string;
  readonly title: string;
  readonly action: string;
  readonly words: string;
  readonly result: Verdict['result'];
  readonly ruleId: string;
  readonly example: Example;
};

/** One action of one policy: a view for each way its gates can stand. */
export type Analysed = { readonly policy: Policy; readonly space: Space; readonly views: readonly View[] };

/**
 * Checks that an invariant can be understood in a space, before anything is enumerated.
 *
 * @throws ToolError `analysis.malformed`
 */
export function assertProvable(invariant: Invariant, space: Space): void {
  constraintsOf(invariant, space);
  const { id, monotone: path } = invariant;
  if (path === undefined) return;
  const axis = axisNumber(space, path);
  if (space.axes[axis]?.rising.length === 0) {
    throw malformed(`invariant \`${id}\` needs an order of \`${path}\`, which space.yaml does not give`);
  }
  if (space.gates.includes(axis)) throw malformed(`invariant \`${id}\`: \`main\` itself looks at \`${path}\`, which then has no order`);
}

/** Looks for an input that contradicts an invariant; undefined is a proof that the space has none. */
export function prove(invariant: Invariant, analysed: Analysed): Finding | undefined {
  if (invariant.never !== undefined) return never(invariant, invariant.never, analysed);
  if (invariant.enough !== undefined) return enough(invariant, invariant.enough, analysed);
  return monotone(invariant, invariant.monotone ?? '', analysed);
}

function never(invariant: Invariant, result: Verdict['result'], { policy, space, views }: Analysed): Finding | undefined {
  const constraints = constraintsOf(invariant, space);
  const states = views.flatMap((view) => compose(view, constraints, 'result').filter((state) => resultIn(view, state, 0) === result));
  const found = nearest(states);
  return found && findingOf(invariant, policy, space, digitsOf(space, found));
}

/** The attribute is given more trust, step by step; what was allowed must stay so. */
function monotone(invariant: Invariant, path: string, { policy, space, views }: Analysed): Finding | undefined {
  const axis = axisNumber(space, path);
  const { rising = [] } = space.axes[axis] ?? {};
  const constraints = constraintsOf(invariant, space);
  const found = rising.flatMap(([low, high]) =>
    views.flatMap((view) => {
      const worse = nearest(takenAway(view, axis, low, high, constraints));
      return worse === undefined ? [] : [{ changes: worse.changes, high }];
    }),
  );
  const worst = nearest(found);
  if (worst === undefined) return undefined;
  const less = digitsOf(space, worst);
  return findingOf(invariant, policy, space, less.with(axis, worst.high), less);
}

/** The states that are allowed with the lower choice of an axis and not with the higher one. */
function takenAway(view: View, axis: number, low: number, high: number, constraints: readonly Constraint[]): State[] {
  const [side] = view.sides;
  if (side === undefined || ![...side.unmet, side.grant].some((table) => table.axes.includes(axis))) return [];
  const standing = (digit: number): Tables => ({
    ...side,
    unmet: side.unmet.map((table) => fixed(table, axis, digit, view.space)),
    grant: fixed(side.grant, axis, digit, view.space),
  });
  const two: View = { ...view, sides: [standing(low), standing(high)] };
  const atLow = { axes: [axis], accepts: (digits: Digits) => digits[axis] === low };
  return compose(two, [...constraints, atLow], 'result').filter(
    (state) => resultIn(two, state, 0) === 'ALLOW' && resultIn(two, state, 1) !== 'ALLOW',
  );
}

/** Asks the engine itself, for each of the few combinations. */
function enough(invariant: Invariant, result: Verdict['result'], { policy, space }: Analysed): Finding | undefined {
  const named = Object.entries(invariant.when).map(([path, condition]) => {
    const number = axisNumber(space, path);
    const axis = space.axes[number];
    return { number, accepted: axis === undefined ? [] : acceptedBy(condition, axis, invariant.id) };
  });
  const axes = named.map(({ number }) => number);
  const failing: Pick<State, 'changes'>[] = [];
  for (const digits of combinations(space, axes, baselineDigits(space))) {
    if (!named.every(({ number, accepted }) => accepted.includes(digits[number] ?? 0))) continue;
    if (judge(policy, inputOf(space, digits)).result === result) continue;
    const changed = axes.filter((axis) => digits[axis] !== space.axes[axis]?.baseline);
    failing.push({ changes: changed.map((axis) => [axis, digits[axis] ?? 0]) });
  }
  const found = nearest(failing);
  return found && findingOf(invariant, policy, space, digitsOf(space, found));
}

function resultIn({ sides }: View, { parts }: State, side: number): Verdict['result'] | undefined {
  const [tables, part] = [sides[side], parts[side]];
  return tables === undefined || part === undefined ? undefined : answerOf(tables, part).result;
}

function nearest<T extends Pick<State, 'changes'>>(states: readonly T[]): T | undefined {
  return states.toSorted((one, other) => remoteness(one.changes) - remoteness(other.changes))[0];
}

/** A finding is told by what the real engine says of its input; when that contradicts the tables, they are wrong. */
function findingOf(invariant: Invariant, policy: Policy, space: Space, digits: Digits, less?: Digits): Finding {
  const example = exampleOf(space, digits);
  const { result, ruleId } = judge(policy, inputOf(space, digits));
  const expected = invariant.never === undefined ? result !== (invariant.enough ?? 'ALLOW') : result === invariant.never;
  if (!expected) {
    throw new ToolError(
      'analysis.unsound',
      `invariant \`${invariant.id}\`: the engine answers ${result} to ${JSON.stringify(example.input)}`,
      {
        remedy: 'this is a fault of the analysis, not of the policy',
      },
    );
  }
  const verb = `\`${space.action}\` is ${result} by \`${ruleId}\` ${circumstances(space, example.changes)}`;
  const words = less === undefined ? verb : `${verb}; it is ${judge(policy, inputOf(space, less)).result} ${lesser(space, digits, less)}`;
  return { invariant: invariant.id, title: invariant.title, action: space.action, words, result, ruleId, example };
}

function lesser({ axes }: Space, digits: Digits, less: Digits): string {
  const differing = axes.flatMap(({ path, choices }, number) =>
    digits[number] === less[number] ? [] : [`${path} is ${choices[less[number] ?? 0]?.words}`],
  );
  return `when ${differing.join(' and ')}`;
}
