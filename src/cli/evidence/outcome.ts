import { paint } from './output.ts';

/** What came of a requirement, in the colour of what it means for the release. */
export function mark(outcome: string): string {
  if (isUnmet(outcome)) return paint('red', outcome);
  return paint(outcome === 'absent' ? 'dim' : 'green', outcome);
}

export function isUnmet(outcome: string): boolean {
  return outcome === 'missing' || outcome === 'stale' || outcome === 'unmet';
}
