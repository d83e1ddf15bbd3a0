/** What holds every value of the type and more. */
const wider: { readonly [type: string]: readonly string[] } = {
  smallint: ['integer', 'bigint', 'numeric'],
  integer: ['bigint', 'numeric'],
  bigint: ['numeric'],
  real: ['double precision'],
  'character varying': ['text'],
  text: ['character varying'],
};

/** True when each value of a PostgreSQL type, as `format_type` writes it, is one of another. */
export function isWider(from: string, to: string): boolean {
  const [before, after] = [taken(from), taken(to)];
  const same = before.name === after.name;
  if (!same && !(wider[before.name] ?? []).includes(after.name)) return false;
  if (after.limits.length === 0) return true;
  if (!same || before.limits.length === 0) return false;
  return before.name === 'numeric' ? hasRoom(before.limits, after.limits) : (before.limits[0] ?? 0) <= (after.limits[0] ?? 0);
}

/** `numeric(10,2)` as its name and its limits. */
function taken(type: string): { readonly name: string; readonly limits: readonly number[] } {
  const [, name = type, limits] = /^([a-z ]+)\(([\d,]+)\)$/.exec(type) ?? [];
  return { name, limits: limits === undefined ? [] : limits.split(',').map(Number) };
}

/** As many digits before the point, and behind it. */
function hasRoom([precision = 0, scale = 0]: readonly number[], [newPrecision = 0, newScale = 0]: readonly number[]): boolean {
  return newScale >= scale && newPrecision - newScale >= precision - scale;
}
