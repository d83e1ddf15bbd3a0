import { isJsonObject, type Json, type JsonObject } from '../../core/index.ts';

/** The object under a key of OPA's syntax tree; an empty one when there is none. */
export function objectIn(node: JsonObject, key: string): JsonObject {
  const value = node[key];
  return isJsonObject(value) ? value : {};
}

/** The objects of the list under a key; lists of pairs (the members of an object literal) are not among them. */
export function objectsIn(node: JsonObject, key: string): JsonObject[] {
  return listIn(node, key).filter(isJsonObject);
}

export function listIn(node: JsonObject, key: string): readonly Json[] {
  const value = node[key];
  return Array.isArray(value) ? value : [];
}

/** The name of the operator that a call or an expression applies: `equal`, `lt`, `assign`, …; undefined when there is none. */
export function operatorOf(terms: readonly JsonObject[]): { readonly name: string; readonly node: JsonObject } | undefined {
  const [node] = terms;
  if (node === undefined || node['type'] !== 'ref') return undefined;
  const [first, ...rest] = objectsIn(node, 'value');
  const name = first?.['value'];
  return typeof name === 'string' && rest.length === 0 ? { name, node } : undefined;
}

/** The dotted name that a rule's head gives. */
export function nameOf(rule: JsonObject): string {
  return objectsIn(objectIn(rule, 'head'), 'ref')
    .map(({ value }) => String(value))
    .join('.');
}
