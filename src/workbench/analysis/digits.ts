import { baselineDigits, type Space } from './space.ts';
import type { State } from './states.ts';

/** The digits of a state's nearest input. */
export function digitsOf(space: Space, { changes }: Pick<State, 'changes'>): number[] {
  const digits = baselineDigits(space);
  for (const [axis, digit] of changes) digits[axis] = digit;
  return digits;
}
