import { z } from 'zod';

/** RFC 3339 in UTC. */
export const utc = z.iso.datetime({ error: 'must be a time in UTC' });

/** RFC 3339 with any offset, as others write it. */
export const instant = z.iso.datetime({ offset: true, error: 'must be a time' });

/** The latest of some times, as the manifest has it; undefined of none. */
export function latestOf(times: readonly (string | undefined | null)[]): string | undefined {
  const latest = times.reduce((last, time) => (typeof time === 'string' ? Math.max(last, Date.parse(time)) : last), -Infinity);
  return latest === -Infinity ? undefined : new Date(latest).toISOString();
}
