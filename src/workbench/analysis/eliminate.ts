import { ToolError } from '../errors.ts';
import { largest } from './enumerate.ts';
import { type Factor, type Frame, remembered } from './factors.ts';
import { combinations, type Digits, type Space, sizeOf } from './space.ts';
import { joined, type State, Sum } from './states.ts';

/**
 * Goes through every combination of some axes without writing them all down: one axis after the other is looked at with all that
 * speaks of it, for each combination of the axes that these factors share with it, and only what that comes to is kept. So rules
 * that have nothing in common but a few attributes do not multiply.
 *
 * @throws ToolError `analysis.too_large`, naming the rules that hold too many axes together
 */
export function eliminate(frame: Frame, axes: readonly number[], factors: readonly Factor[]): readonly State[] {
  const open = new Set(axes);
  let left = [...factors];
  while (open.size > 0) {
    const { axis, shared } = cheapest(frame.space, open, left);
    assertSmall(frame.space, axis, shared, left);
    const touching = left.filter((factor) => factor.axes.includes(axis)).toSorted((one, other) => one.cells.length - other.cells.length);
    left = [...left.filter((factor) => !factor.axes.includes(axis)), summedOut(frame, axis, shared, touching)];
    open.delete(axis);
  }
  return left.reduce((states, { cells }) => joined(states, cells[0] ?? [], frame.unit), frame.unit);
}

type Step = { readonly axis: number; readonly shared: readonly number[]; readonly size: number };

/** The axis that is held together with the fewest combinations of others. */
function cheapest(space: Space, open: ReadonlySet<number>, factors: readonly Factor[]): Step {
  let best: Step = { axis: -1, shared: [], size: Number.POSITIVE_INFINITY };
  for (const axis of open) {
    const met = new Set<number>();
    for (const factor of factors) if (factor.axes.includes(axis)) for (const each of factor.axes) met.add(each);
    met.delete(axis);
    const shared = [...met].sort((one, other) => one - other);
    const size = sizeOf(space, shared) * sizeOf(space, [axis]);
    if (size < best.size) best = { axis, shared, size };
  }
  return best;
}

function summedOut(frame: Frame, axis: number, shared: readonly number[], factors: readonly Factor[]): Factor {
  const { space, start, unit, sides } = frame;
  const id = `e${sides.length}:${axis}(${factors.map((each) => each.id).join()})`;
  // Ids of ids would grow without end, so the number under which it was first made stands for it.
  const known = frame.seen.get(id);
  if (known !== undefined) return known;
  const cells: (readonly State[])[] = [];
  for (const digits of combinations(space, shared, start)) cells.push(sumAt(space, axis, digits, factors, unit));
  const rules = [...new Set(factors.flatMap((each) => each.rules))];
  const made = remembered(frame, `e${frame.seen.size}`, () => ({ axes: shared, cells, rules }));
  frame.seen.set(id, made);
  return made;
}

function sumAt(space: Space, axis: number, digits: number[], factors: readonly Factor[], unit: readonly State[]): readonly State[] {
  const sum = new Sum();
  const size = sizeOf(space, [axis]);
  for (let digit = 0; digit < size; digit += 1) {
    digits[axis] = digit;
    let product = unit;
    for (const factor of factors) {
      product = joined(product, cellAt(factor, space, digits), unit);
      if (product.length === 0) break;
    }
    for (const state of product) sum.add(state);
  }
  return sum.states();
}

function cellAt({ axes, cells }: Factor, { axes: all }: Space, digits: Digits): readonly State[] {
  let index = 0;
  for (const number of axes) index = index * (all[number]?.choices.length ?? 1) + (digits[number] ?? 0);
  return cells[index] ?? [];
}

function assertSmall(space: Space, axis: number, shared: readonly number[], factors: readonly Factor[]): void {
  const together = [axis, ...shared].sort((one, other) => one - other);
  const size = sizeOf(space, together);
  if (size <= largest) return;
  const holding = factors.filter((factor) => factor.axes.length > 1 && factor.axes.includes(axis));
  const names = [...new Set(holding.flatMap(({ rules }) => rules))].map((rule) => `\`${rule}\``).join(', ');
  const paths = together.map((number) => `${space.axes[number]?.path} (${space.axes[number]?.choices.length})`).join(', ');
  throw new ToolError(
    'analysis.too_large',
    `\`${space.action}\` has ${size} combinations that must be looked at together: ${paths}; held together by ${names}`,
    { remedy: `split one of these rules, or declare fewer values; ${largest} is the most` },
  );
}
