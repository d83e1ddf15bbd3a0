/** A value of the input under the path that a rule reads it by; undefined when the input does not have it. */
export type ReadValue = { readonly path: string; readonly value: unknown };

/**
 * The values that a rule read, by the paths in its manifest: `actor.roles`, `input.facts.freeze.active`. A path is followed up to
 * its first variable part (`facts.approvals[_].actor` shows all approvals); what is the same value twice is shown once.
 */
export function valuesOf(reads: readonly string[], input: unknown): ReadValue[] {
  const paths = new Set(reads.map(fixedPart).filter((path) => path !== ''));
  return [...paths].sort().map((path) => ({ path, value: valueAt(input, path.split('.')) }));
}

function fixedPart(path: string): string {
  return path
    .replace(/^input\./, '')
    .replace(/[[*].*$/, '')
    .replace(/\.$/, '');
}

function valueAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return valueAt(Reflect.get(value, key), rest);
}
