/** What decides an answer, of the axes looked at so far. */
export type Part = {
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
  /** How far that is: by how many attributes, then by how far down their lists of choices. */
  readonly distance: number;
};

/** How far an input is from the baseline. Of two that are as far the later attribute counts as nearer, so that one is always first. */
export function remoteness(changes: State['changes']): number {
  return changes.reduce((sum, [axis, digit]) => sum + 1 + digit / 1e6 - axis / 1e12, 0);
}

export const nothingYet: Part = { first: -1, denied: false, grant: -1 };

/** States by what they come to; adding one that is there already counts it and keeps the nearer example. */
export class Sum {
  readonly #states = new Map<number, State>();

  add(state: State): void {
    const key = keyOf(state);
    const before = this.#states.get(key);
    if (before === undefined) this.#states.set(key, state);
    else {
      const nearer = state.distance < before.distance ? state : before;
      this.#states.set(key, { ...nearer, count: before.count + state.count });
    }
  }

  states(): State[] {
    return [...this.#states.values()];
  }
}

/** The most requirements and grants of an action that a key has room for. */
export const most = { requirements: 510, grants: 62 } as const;

function keyOf({ parts, mark }: State): number {
  let key = mark + 1;
  for (const { first, denied, grant } of parts) key = ((key * 512 + first + 1) * 2 + (denied ? 1 : 0)) * 64 + grant + 1;
  return key;
}

const units = new Map<number, readonly State[]>();

/** The group that says nothing, of so many policies; always the same one, because it is told by identity. */
export function unitFor(sides: number): readonly State[] {
  const unit = units.get(sides) ?? [
    { parts: Array.from({ length: sides }, () => nothingYet), mark: -1, count: 1n, changes: [], distance: 0 },
  ];
  units.set(sides, unit);
  return unit;
}

/** Two groups of axes side by side: counts multiply, distances add. `unit` is the group that says nothing. */
export function joined(left: readonly State[], right: readonly State[], unit: readonly State[]): readonly State[] {
  if (left === unit) return right;
  if (right === unit) return left;
  const sum = new Sum();
  for (const one of left) for (const other of right) sum.add(beside(one, other));
  return sum.states();
}

function beside(one: State, other: State): State {
  return {
    parts: one.parts.map((part, side) => both(part, other.parts[side] ?? nothingYet)),
    mark: Math.max(one.mark, other.mark),
    count: one.count * other.count,
    changes: other.changes.length === 0 ? one.changes : [...one.changes, ...other.changes],
    distance: one.distance + other.distance,
  };
}

function both(one: Part, other: Part): Part {
  if (other === nothingYet) return one;
  if (one === nothingYet) return other;
  const first = one.first === -1 || (other.first !== -1 && other.first < one.first) ? other.first : one.first;
  return { first, denied: one.denied || other.denied, grant: Math.max(one.grant, other.grant) };
}
