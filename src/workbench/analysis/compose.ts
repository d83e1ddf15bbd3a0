import { type Component, type Constraint, componentsOf, type Named } from './components.ts';
import type { Tables } from './enumerate.ts';
import { codes } from './policy.ts';
import { baselineDigits, combinations, type Digits, type Space } from './space.ts';
import { codeAt, type Table } from './table.ts';

/** What decides an answer, of the axes looked at so far. */
type Part = {
  /** The first unmet requirement by precedence, as an index; -1 when none is unmet. */
  readonly first: number;
  /** Something is unmet that no sign-in cures. */
  readonly denied: boolean;
  /** Index of the grant; -1 where it does not show. */
  readonly grant: number;
};

/** Inputs that come to the same answers: how many there are, and the one nearest to the baseline. */
export type State = {
  /** One a policy, in their order. */
  readonly parts: readonly Part[];
  /** The digit of the marked axis; -1 without one. */
  readonly mark: number;
  readonly count: bigint;
  /** What differs from the baseline: axis and digit. */
  readonly changes: readonly (readonly [number, number])[];
};

export type Answer = { readonly result: 'ALLOW' | 'DENY' | 'STEP_UP'; readonly ruleId: string };

/** How far an input is from the baseline: by how many attributes, then by how far down their lists of choices. */
export function remoteness(changes: State['changes']): number {
  return changes.reduce((sum, [, digit]) => sum + 1 + digit / 1_000_000, 0);
}

/** What a policy answers in a state: how `main` puts grants and requirements together. */
export function answerOf({ requirements, grantIds }: Tables, { first, denied, grant }: Part): Answer {
  const rule = requirements[first];
  if (rule === undefined) return { result: 'ALLOW', ruleId: grantIds[grant] ?? '' };
  return { result: denied ? 'DENY' : 'STEP_UP', ruleId: rule.id };
}

/** The policies that are looked at together, on one action with its gates as in `start`. */
export type View = {
  readonly space: Space;
  readonly sides: readonly Tables[];
  readonly start: Digits;
  /** Axes that are counted, gates not among them. */
  readonly axes: readonly number[];
  /** The axis whose choices are kept apart, or -1. */
  readonly marked: number;
  /** Components that were gone through before, by what they consist of. */
  readonly seen: Map<string, readonly State[]>;
};

/** Every input of the space under some conditions, put together from its components: few states, exact counts. */
export function compose(view: View, constraints: readonly Constraint[] = []): State[] {
  const { space, start, sides } = view;
  const gates = new Set(space.gates);
  const local = constraints.filter(({ axes }) => axes.some((axis) => !gates.has(axis)));
  if (!constraints.every((each) => local.includes(each) || each.accepts(start))) return [];
  const axes = [...new Set([...view.axes, ...local.flatMap((each) => each.axes)])].filter((axis) => !gates.has(axis));
  const components = componentsOf(space, axes, tablesOf(sides), local);
  return [constants(view), ...components.map((component) => statesOf(view, component))].reduce<State[]>(
    (sum, states) => joined(sum, states),
    [neutral(view)],
  );
}

function tablesOf(sides: readonly Tables[]): Named[] {
  return sides.flatMap(({ requirements, unmet, grant }) => [
    { rule: 'the grants', table: grant },
    ...unmet.map((table, index) => ({ rule: requirements[index]?.id ?? '', table })),
  ]);
}

/** Gates that are not as in the baseline are changes too. */
function neutral({ space, start, sides }: View): State {
  const changes = space.gates.flatMap((gate) => {
    const digit = start[gate] ?? 0;
    return digit === space.axes[gate]?.baseline ? [] : [[gate, digit] as const];
  });
  return { parts: sides.map(() => ({ first: -1, denied: false, grant: -1 })), mark: -1, count: 1n, changes };
}

/** What depends on no axis, with the gates as they are. */
function constants(view: View): readonly State[] {
  return statesOf(view, { axes: [], constraints: [] });
}

function statesOf(view: View, component: Component): readonly State[] {
  const concerned = view.sides.map((side) => concernedIn(side, component));
  const key = `${component.axes.join()};${concerned.map(({ all }) => all.map(({ id }) => id).join()).join(';')};${view.marked}`;
  const before = component.constraints.length === 0 ? view.seen.get(key) : undefined;
  if (before !== undefined) return before;
  const states = gathered(view, component, concerned);
  if (component.constraints.length === 0) view.seen.set(key, states);
  return states;
}

type Concerned = {
  readonly unmet: readonly (readonly [number, Table])[];
  readonly grant: Table | undefined;
  readonly all: readonly Table[];
};

/** The tables that depend on a component's axes; those that depend on none belong to the component without axes. */
function concernedIn({ unmet, grant }: Tables, { axes }: Component): Concerned {
  const isOf = (table: Table) => (axes.length === 0 ? table.axes.length === 0 : table.axes.some((axis) => axes.includes(axis)));
  const indexed = unmet.flatMap((table, index) => (isOf(table) ? [[index, table] as const] : []));
  const own = isOf(grant) ? grant : undefined;
  return { unmet: indexed, grant: own, all: [...indexed.map(([, table]) => table), ...(own === undefined ? [] : [own])] };
}

type Tally = { readonly parts: readonly Part[]; readonly mark: number; count: number; nearest: number; changes: State['changes'] };

function gathered(view: View, { axes, constraints }: Component, concerned: readonly Concerned[]): State[] {
  const { space, start, marked } = view;
  const own = baselineDigits(space);
  const tallies = new Map<string, Tally>();
  for (const digits of combinations(space, axes, start)) {
    if (!constraints.every(({ accepts }) => accepts(digits))) continue;
    const parts = concerned.map((each) => partAt(each, space, digits));
    const mark = axes.includes(marked) ? (digits[marked] ?? -1) : -1;
    const distance = axes.reduce((sum, axis) => sum + (digits[axis] === own[axis] ? 0 : 1 + (digits[axis] ?? 0) / 1_000_000), 0);
    const key = keyOf(parts, mark);
    const tally = tallies.get(key) ?? { parts, mark, count: 0, nearest: Number.POSITIVE_INFINITY, changes: [] };
    tally.count += 1;
    if (distance < tally.nearest) {
      tally.nearest = distance;
      tally.changes = axes.flatMap((axis) => (digits[axis] === own[axis] ? [] : [[axis, digits[axis] ?? 0] as const]));
    }
    tallies.set(key, tally);
  }
  return [...tallies.values()].map(({ parts, mark, count, changes }) => ({ parts, mark, count: BigInt(count), changes }));
}

function partAt({ unmet, grant }: Concerned, space: Space, digits: Digits): Part {
  let first = -1;
  let denied = false;
  for (const [index, table] of unmet) {
    const code = codeAt(table, space, digits);
    if (code === codes.met) continue;
    if (first === -1) first = index;
    if (code === codes.deny) denied = true;
  }
  return { first, denied, grant: grant === undefined ? -1 : codeAt(grant, space, digits) };
}

function keyOf(parts: readonly Part[], mark: number): string {
  return `${mark};${parts.map(({ first, denied, grant }) => `${first},${denied},${grant}`).join(';')}`;
}

/** Two independent groups of axes side by side: counts multiply, distances add. */
function joined(left: readonly State[], right: readonly State[]): State[] {
  const states = new Map<string, State>();
  for (const one of left) {
    for (const other of right) {
      const parts = one.parts.map((part, side) => both(part, other.parts[side] ?? part));
      const mark = Math.max(one.mark, other.mark);
      const key = keyOf(parts, mark);
      const before = states.get(key);
      const count = one.count * other.count + (before?.count ?? 0n);
      const nearer = before === undefined || remoteness(one.changes) + remoteness(other.changes) < remoteness(before.changes);
      states.set(key, { parts, mark, count, changes: nearer ? [...one.changes, ...other.changes] : before.changes });
    }
  }
  return [...states.values()];
}

function both(one: Part, other: Part): Part {
  const firsts = [one.first, other.first].filter((first) => first !== -1);
  return {
    first: firsts.length === 0 ? -1 : Math.min(...firsts),
    denied: one.denied || other.denied,
    grant: Math.max(one.grant, other.grant),
  };
}
