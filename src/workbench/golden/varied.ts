import { isJsonObject, type Json } from '../../core/index.ts';
import type { PolicyInput } from '../../policy/index.ts';

/** A copy of an input with some dotted paths set and others removed. @throws Error naming `label` when a path leads nowhere */
export function varied(base: PolicyInput, set: Readonly<Record<string, Json>>, unset: readonly string[] = [], label = 'a case'): unknown {
  const input: unknown = structuredClone(base);
  // The shorter path first: `given: {actor: …}` and `set: {actor.roles: …}` go together whatever order they are merged in.
  for (const path of Object.keys(set).sort((a, b) => a.length - b.length)) put(input, path.split('.'), set[path], label);
  for (const path of unset) remove(input, path.split('.'), label);
  return input;
}

function put(target: unknown, [key = '', ...rest]: readonly string[], value: unknown, label: string): void {
  if (!isJsonObject(target)) throw new Error(`${label}: there is no object to set \`${key}\` in`);
  if (rest.length > 0) put(Reflect.get(target, key), rest, value, label);
  else Reflect.set(target, key, structuredClone(value));
}

function remove(target: unknown, [key = '', ...rest]: readonly string[], label: string): void {
  if (!isJsonObject(target) || !Object.hasOwn(target, key)) throw new Error(`${label}: there is no \`${key}\` to unset`);
  if (rest.length > 0) remove(Reflect.get(target, key), rest, label);
  else Reflect.deleteProperty(target, key);
}
