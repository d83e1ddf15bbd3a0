import { isJsonObject, type Json, type JsonObject } from '../../core/index.ts';

/** What stands at a dotted path; undefined when nothing does. */
export function valueAt(input: Json | undefined, path: string): Json | undefined {
  let here = input;
  for (const key of path.split('.')) {
    if (!isJsonObject(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

/** Puts a value at a dotted path of an input, in place; undefined removes it, and with it a fact that has nothing left. */
export function place(input: JsonObject, path: string, value: Json | undefined): void {
  const [key = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    if (value === undefined) Reflect.deleteProperty(input, key);
    else Reflect.set(input, key, value);
    return;
  }
  const child = childOf(input, key, value !== undefined);
  if (child === undefined) return;
  place(child, rest.join('.'), value);
  // `facts` and the other parts of an input are always there; below them an object without a member is as good as none.
  if (value === undefined && rest.length === 1 && Object.keys(child).length === 0 && !sections.has(key)) Reflect.deleteProperty(input, key);
}

const sections: ReadonlySet<string> = new Set(['now', 'actor', 'resource', 'context', 'facts']);

function childOf(input: JsonObject, key: string, create: boolean): JsonObject | undefined {
  const child = input[key];
  if (isJsonObject(child)) return child;
  if (!create) return undefined;
  const made: JsonObject = {};
  Reflect.set(input, key, made);
  return made;
}

/** A copy of an input with some paths set, the shorter ones first, and then others removed. */
export function varied(base: JsonObject, set: Readonly<Record<string, Json>>, unset: readonly string[]): JsonObject {
  const input = structuredClone(base);
  for (const path of Object.keys(set).sort((a, b) => a.length - b.length)) place(input, path, structuredClone(set[path]));
  for (const path of unset) place(input, path, undefined);
  return input;
}
