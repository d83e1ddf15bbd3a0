/** Numbers that are the same for the same seed: mulberry32, good enough to choose moments and victims. */
export type Random = {
  /** From 0, below 1. */
  next(): number;
  between(from: number, to: number): number;
  pick<T>(from: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
};

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const pick = <T>(from: readonly T[]): T => {
    const [chosen] = from.slice(Math.floor(next() * from.length));
    if (chosen === undefined) throw new RangeError('there is nothing to pick from');
    return chosen;
  };
  return {
    next,
    pick,
    between: (from, to) => from + next() * (to - from),
    shuffled: (list) =>
      list
        .map((value) => ({ value, order: next() }))
        .sort((one, other) => one.order - other.order)
        .map(({ value }) => value),
  };
}
