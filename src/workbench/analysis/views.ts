import type { View } from './compose.ts';
import { enumerate } from './enumerate.ts';
import { withNamedGrants } from './grants.ts';
import type { Policy } from './policy.ts';
import { baselineDigits, combinations, type Space } from './space.ts';

/** Enumerates policies on one action's space: a view for each way the gates can stand, which together are the whole space. */
export function viewsOf(policies: readonly Policy[], space: Space, marked = -1): View[] {
  const views: View[] = [];
  for (const digits of combinations(space, space.gates, baselineDigits(space))) {
    const start = [...digits];
    const read = space.read.filter((axis) => !space.gates.includes(axis));
    const axes = read.includes(marked) || marked === -1 ? read : [...read, marked];
    const view = { space, start, axes, marked, seen: new Map() };
    views.push({ ...view, sides: policies.map((policy) => withNamedGrants(enumerate(policy, space, start), view)) });
  }
  return views;
}
