import { isJsonObject } from '../../core/index.ts';
import { type Axis, type Choice, moment } from './axis.ts';
import type { Condition, Invariant, ValueReference } from './invariants-file.ts';
import type { Digits, Space } from './space.ts';
import { malformed } from './space-file.ts';

/** A condition on some axes. */
export type Constraint = { readonly axes: readonly number[]; readonly accepts: (digits: Digits) => boolean };

/**
 * What an invariant is about, as conditions on the axes of a space.
 *
 * @throws ToolError `analysis.malformed` when it names a value that its attribute never takes
 */
export function constraintsOf({ id, when, same, differ }: Invariant, space: Space): Constraint[] {
  const onOne = Object.entries(when).map(([path, condition]): Constraint => {
    const number = axisNumber(space, path);
    const accepted = new Set(acceptedBy(condition, axisAt(space, number), id));
    return { axes: [number], accepts: (digits) => accepted.has(digits[number] ?? 0) };
  });
  return [...onOne, ...related(same, space, true), ...related(differ, space, false)];
}

function related(pair: readonly [string, string] | undefined, space: Space, equal: boolean): Constraint[] {
  if (pair === undefined) return [];
  const [one, other] = [axisNumber(space, pair[0]), axisNumber(space, pair[1])];
  const shown = (number: number, digit: number | undefined) => JSON.stringify(axisAt(space, number).choices[digit ?? 0]?.json);
  return [{ axes: [one, other], accepts: (digits) => (shown(one, digits[one]) === shown(other, digits[other])) === equal }];
}

/** The number of the axis of an attribute. */
export function axisNumber({ axes }: Space, path: string): number {
  return axes.findIndex((axis) => axis.path === path);
}

function axisAt({ axes }: Space, number: number): Axis {
  const axis = axes[number];
  if (axis === undefined) throw malformed(`there is no axis ${number}`);
  return axis;
}

/** The choices of an axis, by number, that meet a condition. */
export function acceptedBy(condition: Condition, axis: Axis, id: string): number[] {
  const all = axis.choices.map((_, digit) => digit);
  if (Array.isArray(condition)) return named(condition, axis, id);
  if ('not' in condition) {
    const excluded = named(condition.not, axis, id);
    return all.filter((digit) => !excluded.includes(digit));
  }
  if ('with' in condition) return all.filter((digit) => holdsAny(axis.choices[digit], condition.with));
  return all.filter((digit) => !holdsAny(axis.choices[digit], condition.without));
}

function holdsAny(choice: Choice | undefined, items: readonly string[]): boolean {
  return choice?.items.some((item) => items.includes(item)) === true;
}

function named(references: readonly ValueReference[], axis: Axis, id: string): number[] {
  return references.map((reference) => {
    const digit = axis.choices.findIndex((choice) => isMeant(choice, reference));
    if (digit !== -1) return digit;
    throw malformed(`invariant \`${id}\` says ${JSON.stringify(reference)} of \`${axis.path}\`, which space.yaml does not let it be`);
  });
}

function isMeant(choice: Choice, reference: ValueReference): boolean {
  if (Array.isArray(reference)) return choice.json !== undefined && choice.items.join('\n') === reference.join('\n');
  if (isJsonObject(reference)) {
    return 'absent' in reference ? choice.json === undefined : choice.words === moment(Number(reference['secondsAgo']));
  }
  return choice.words === reference || (choice.json !== undefined && JSON.stringify(choice.json) === JSON.stringify(reference));
}
