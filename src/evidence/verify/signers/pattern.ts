/** Longer than any address of a workflow; what is longer is nobody's. */
const LONGEST_SUBJECT = 2_048;

/**
 * Whether a subject as a whole is of a pattern: `*` is any run of characters without `/`, `**` any run at all, everything else is
 * itself. No regular expression: an anchor that was forgotten cannot be, and no pattern takes more than pattern × subject steps.
 */
export function matchesPattern(pattern: string, subject: string): boolean {
  if (subject.length > LONGEST_SUBJECT) return false;
  const parts = partsOf(pattern);
  let reached = passing(parts, new Set([0]));
  for (const char of subject) {
    const next = new Set<number>();
    for (const index of reached) {
      const part = parts[index];
      if (part === '**' || (part === '*' && char !== '/')) next.add(index);
      else if (part === char) next.add(index + 1);
    }
    reached = passing(parts, next);
  }
  return reached.has(parts.length);
}

/** What is wrong with a pattern; undefined when nothing is. */
export function patternFault(pattern: string): string | undefined {
  if (pattern.length > 1_024) return 'it is longer than 1024 characters';
  if (/[\\^$()[\]{}|]/.test(pattern)) return 'it looks like a regular expression; write `*` for a run without `/`, `**` for any run';
  if (/^[*/]*$/.test(pattern)) return 'it would trust everybody of that issuer';
  return /\*{3}/.test(pattern) ? 'it has more than two `*` in a row' : undefined;
}

/** Code points, and the two wildcards as one part each. */
function partsOf(pattern: string): string[] {
  return pattern.match(/\*\*|./gsu) ?? [];
}

/** A wildcard may be empty: whoever stands before one stands behind it as well. */
function passing(parts: readonly string[], places: ReadonlySet<number>): Set<number> {
  const all = new Set(places);
  for (const place of all) if (parts[place]?.startsWith('*') === true) all.add(place + 1);
  return all;
}
