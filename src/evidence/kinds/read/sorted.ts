import { canonicalBytes, isJsonObject, type Json, type JsonObject } from '../../../core/index.ts';
import { byText } from './quantities.ts';

/** A list by a member of its objects, and by canonical text where that is not enough. */
export function sortedBy(list: readonly Json[], key: string): Json[] {
  const keyed = list.map((item) => ({ item, key: isJsonObject(item) ? String(item[key] ?? '') : String(item) }));
  return keyed.toSorted((a, b) => byText(a.key, b.key) || byText(textOf(a.item), textOf(b.item))).map(({ item }) => item);
}

function textOf(value: Json): string {
  return canonicalBytes(value).toString('utf8');
}

/** An object with some of its lists sorted by the member named for each; what is not there stays away. */
export function withSorted(object: JsonObject, lists: Readonly<Record<string, string>>): JsonObject {
  const sorted = Object.entries(lists).flatMap(([name, key]): [string, Json][] => {
    const list = object[name];
    return Array.isArray(list) ? [[name, sortedBy(list, key)]] : [];
  });
  return { ...object, ...Object.fromEntries(sorted) };
}
