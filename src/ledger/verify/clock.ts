/**
 * Entries take their places in the order of their commits, and carry the moment of their decisions, by the clocks of several gateways:
 * a step back below this is what a busy log looks like.
 */
const TOLERANCE_MILLISECONDS = 60_000;

/** True when an entry is so much older than the one before that a clock must have gone back. Both RFC 3339 in UTC. */
export function wentBack(before: string, ts: string): boolean {
  return ts < before && !(Date.parse(before) - Date.parse(ts) <= TOLERANCE_MILLISECONDS); // also when one is no moment at all
}
