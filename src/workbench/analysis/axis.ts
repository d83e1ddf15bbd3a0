import { roles } from '../../auth/index.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import { valueAt } from './place.ts';
import { type Declaration, type DomainValue, malformed } from './space-file.ts';

/** One value that an attribute takes; undefined is absence. */
export type Choice = {
  readonly json: Json | undefined;
  /** The value as a sentence says it. */
  readonly words: string;
  /** Of a list that stands for a set: what is in it, in the same words. */
  readonly items: readonly string[];
};

/** An attribute and the values it takes in one action's space. */
export type Axis = {
  readonly path: string;
  readonly choices: readonly Choice[];
  /** Which of the choices the baseline has. */
  readonly baseline: number;
  /** Pairs of neighbours: the second deserves more trust than the first. */
  readonly rising: readonly (readonly [number, number])[];
};

const absent: Choice = { json: undefined, words: 'absent', items: [] };

/**
 * The axis of an attribute. A baseline's value that is not declared comes first, so that every action's ids and types need not
 * be listed.
 *
 * @throws ToolError `analysis.malformed` when the place of the baseline's value in an order is not known
 */
export function axisOf(path: string, declared: Declaration, baseline: JsonObject): Axis {
  const epoch = valueAt(baseline, 'now.epoch');
  const listed = [...(declared.optional ? [absent] : []), ...choicesOf(declared, typeof epoch === 'number' ? epoch : 0)];
  const own = valueAt(baseline, path);
  const at = listed.findIndex(({ json }) => same(json, own));
  if (at !== -1) return { path, choices: listed, baseline: at, rising: risingIn(declared, listed) };
  if (own === undefined) throw malformed(`\`${path}\` is absent in a baseline, but space.yaml does not call it optional`);
  if (declared.order !== undefined) throw malformed(`the baseline's ${wordsOf(own)} of \`${path}\` is not among its ordered values`);
  const choices = [plain(own), ...listed];
  return { path, choices, baseline: 0, rising: risingIn(declared, choices) };
}

/** Whether two values are the same JSON; lists of a domain are in the order of their declaration. */
function same(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function choicesOf({ values, subsets }: Declaration, epoch: number): Choice[] {
  if (values !== undefined) return values.map((value) => choiceOf(value, epoch));
  if (subsets === undefined) return [];
  const members = (subsets.of === 'roles' ? [...roles] : subsets.of).map((value) => choiceOf(value, epoch));
  return subsetsOf(members, subsets.upTo).map((chosen) => ({
    json: chosen.map(({ json }) => json ?? null),
    words: chosen.length === 0 ? 'none' : chosen.map(({ words }) => words).join(' and '),
    items: chosen.map(({ words }) => words),
  }));
}

function choiceOf(value: DomainValue, epoch: number): Choice {
  if (!isJsonObject(value)) return plain(value);
  if ('secondsAgo' in value) return { json: epoch - value.secondsAgo, words: moment(value.secondsAgo), items: [] };
  return { json: value.is, words: value.as, items: [] };
}

function plain(json: Json): Choice {
  return { json, words: wordsOf(json), items: Array.isArray(json) ? json.map(wordsOf) : [] };
}

function wordsOf(json: Json): string {
  if (Array.isArray(json) && json.length === 0) return 'none';
  if (Array.isArray(json)) return json.map(wordsOf).join(' and ');
  return typeof json === 'string' && json !== '' ? json : JSON.stringify(json);
}

export function moment(secondsAgo: number): string {
  if (secondsAgo === 0) return 'now';
  return secondsAgo > 0 ? `${secondsAgo} s ago` : `${-secondsAgo} s in the future`;
}

/** Every subset of at most `size` members: the smaller ones first, in the order of the members. */
function subsetsOf<T>(members: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  const smaller = subsetsOf(members, size - 1);
  const largest = smaller.filter(({ length }) => length === size - 1);
  const grown = largest.flatMap((chosen) => {
    const last = chosen.at(-1);
    const next = last === undefined ? 0 : members.indexOf(last) + 1;
    return members.slice(next).map((member) => [...chosen, member]);
  });
  return [...smaller, ...grown];
}

/** In a listed order each value and the next; among sets each and one more; absence below either. */
function risingIn({ order, subsets }: Declaration, choices: readonly Choice[]): (readonly [number, number])[] {
  if (order !== undefined) return choices.slice(1).map((_, index) => [index, index + 1]);
  if (subsets === undefined) return [];
  return choices.flatMap((less, low) => choices.flatMap((more, high) => (isOneMore(less, more) ? [[low, high] as const] : [])));
}

function isOneMore(less: Choice, more: Choice): boolean {
  if (more.json === undefined) return false;
  if (less.json === undefined) return more.items.length === 0;
  return more.items.length === less.items.length + 1 && less.items.every((item) => more.items.includes(item));
}
