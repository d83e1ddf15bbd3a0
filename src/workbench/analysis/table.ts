import { type Digits, type Space, sizeOf } from './space.ts';

/** A function of some axes, by enumeration: one code a combination, the last axis turning fastest. */
export type Table = {
  /** Tells tables apart; a table and its copies under another name share it. */
  readonly id: number;
  readonly axes: readonly number[];
  readonly codes: Uint8Array;
};

let made = 0;

export function tableOf(axes: readonly number[], codes: Uint8Array): Table {
  made += 1;
  return { id: made, axes, codes };
}

/** The code of a table where the digits stand. */
export function codeAt({ axes, codes }: Table, space: Space, digits: Digits): number {
  let index = 0;
  for (const number of axes) index = index * (space.axes[number]?.choices.length ?? 1) + (digits[number] ?? 0);
  return codes[index] ?? 0;
}

/** The same function without the axes that never make a difference. */
export function essential(table: Table, space: Space): Table {
  const idle = table.axes.find((_, position) => makesNoDifference(table, position, space));
  return idle === undefined ? table : essential(fixed(table, idle, 0, space), space);
}

function makesNoDifference({ axes, codes }: Table, position: number, space: Space): boolean {
  const stride = sizeOf(space, axes.slice(position + 1));
  const block = stride * sizeOf(space, axes.slice(position, position + 1));
  // Each code equals the one before it along the axis, where there is one before it.
  return codes.every((code, index) => index % block < stride || code === codes[index - stride]);
}

/** The function that is left when one of its axes stands still. */
export function fixed(table: Table, axis: number, digit: number, space: Space): Table {
  const position = table.axes.indexOf(axis);
  if (position === -1) return table;
  const rest = table.axes.toSpliced(position, 1);
  const stride = sizeOf(space, table.axes.slice(position + 1));
  const block = stride * sizeOf(space, [axis]);
  const codes = table.codes.filter((_, index) => Math.floor((index % block) / stride) === digit);
  return tableOf(rest, codes);
}
