import type { JsonObject } from '../../core/index.ts';
import { type Digits, inputOf, type Space } from './space.ts';

/** How an input differs from its baseline. */
export type Change = { readonly attribute: string; readonly value: string; readonly baseline: string };

/** An input of a space, as people and as machines read it. */
export type Example = { readonly changes: readonly Change[]; readonly input: JsonObject };

export function exampleOf(space: Space, digits: Digits): Example {
  const changes = space.axes.flatMap(({ path, choices, baseline }, number) => {
    const digit = digits[number] ?? baseline;
    return digit === baseline ? [] : [{ attribute: path, value: choices[digit]?.words ?? '', baseline: choices[baseline]?.words ?? '' }];
  });
  return { changes, input: inputOf(space, digits) };
}

/** `when facts.killSwitch is true; everything else as in the baseline (…)`. */
export function circumstances({ story }: Space, changes: readonly Change[]): string {
  const told = story === null ? 'the baseline' : `the baseline (${story})`;
  if (changes.length === 0) return `in ${told} itself`;
  return `when ${listed(changes.map(({ attribute, value }) => `${attribute} is ${value}`))}; everything else as in ${told}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** An exact count as people write it. */
export function counted(count: bigint): string {
  return count.toLocaleString('en-US');
}
