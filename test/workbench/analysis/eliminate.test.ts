import { describe, expect, it } from 'vitest';
import { eliminate } from '../../../src/workbench/analysis/eliminate.ts';
import type { Factor, Frame } from '../../../src/workbench/analysis/factors.ts';
import { nothingYet, unitFor } from '../../../src/workbench/analysis/states.ts';

const unit = unitFor(1);

/** Axes `a`, `b`, … of so many choices each. */
function frameOf(...sizes: readonly number[]): Frame {
  const axes = sizes.map((size, number) => ({
    path: 'abcdef'[number] ?? '',
    choices: Array.from({ length: size }, (_, digit) => ({ json: digit, words: String(digit), items: [] })),
    baseline: 0,
    rising: [],
  }));
  const space = { action: 'a.b', story: null, baseline: {}, axes, read: axes.map((_, number) => number), gates: [] };
  return { space, sides: [], start: sizes.map(() => 0), marked: -1, detail: 'rule', seen: new Map(), unit };
}

/** Two axes of `size` choices, of which pairs that differ are unmet. */
function differing(rule: string, axes: readonly [number, number], size: number): Factor {
  const unmet = [{ parts: [{ ...nothingYet, first: 0, denied: true }], mark: -1, count: 1n, changes: [], distance: 0 }];
  const cells = Array.from({ length: size * size }, (_, index) => (Math.floor(index / size) === index % size ? unit : unmet));
  return { id: rule, axes, cells, rules: [rule] };
}

describe('elimination', () => {
  it('counts a chain that is far too long to write down', () => {
    const frame = frameOf(99, 99, 99, 99, 99, 99);
    const factors = [0, 1, 2, 3, 4].map((axis) => differing(`r${axis}`, [axis, axis + 1], 99));
    const counts = eliminate(frame, [0, 1, 2, 3, 4, 5], factors).map(({ parts, count }) => [parts[0]?.denied, count]);
    expect(Object.fromEntries(counts)).toEqual({ false: 99n, true: 99n ** 6n - 99n });
  });

  it('refuses what holds too many combinations together, and says which rules do', () => {
    const factors = [differing('x', [0, 1], 99), differing('y', [1, 2], 99), differing('z', [0, 2], 99)];
    expect(() => eliminate(frameOf(99, 99, 99), [0, 1, 2], factors)).toThrow(
      '`a.b` has 970299 combinations that must be looked at together: a (99), b (99), c (99); held together by `x`, `z`',
    );
  });
});
