import { z } from 'zod';

/** RFC 3339 in UTC. */
export const utc = z.iso.datetime({ error: 'must be a time in UTC' });

/** RFC 3339 with any offset, as others write it. */
export const instant = z.iso.datetime({ offset: true, error: 'must be a time' });

/** The latest of some times, as the manifest has it; undefined of none. */
export function latestOf(times: readonly (string | undefined | null)[]): string | undefined {
  const moments = times.flatMap((time) => (typeof time === 'string' ? [Date.parse(time)] : []));
  return moments.length === 0 ? undefined : new Date(Math.max(...moments)).toISOString();
}
