import type { Loaded, Scope } from '../../govern/index.ts';
import type { Trx } from '../../storage/index.ts';
import type { Orchestration } from '../model.ts';
import { secondsLeft } from './model.ts';
import { breakGlassOf } from './store.ts';

/**
 * What a command loaded, with the fact whether an emergency of the actor's own holds on the incident. When one does, its own timeline
 * tells of the action too: that is what its reviewers read.
 */
export async function underBreakGlass(trx: Trx, loaded: Loaded<Orchestration>, scope: Scope): Promise<Loaded<Orchestration>> {
  if (loaded.state === null) return loaded;
  const { id: actor, tenant } = scope.actor;
  const active = await breakGlassOf(trx, tenant, { incidentId: loaded.state.incidentId, actor, at: scope.now });
  if (active === undefined) return { ...loaded, facts: { ...loaded.facts, breakGlass: { active: false, secondsLeft: 0 } } };
  const { id, declaredBy } = active;
  const breakGlass = { id, active: true, secondsLeft: secondsLeft(active, scope.now), declaredBy };
  return { ...loaded, facts: { ...loaded.facts, breakGlass }, about: [...(loaded.about ?? []), `breakglass:${id}`] };
}

/** What came of an execution belongs to the emergency under which it was decided, even when that has ended since. */
export async function aboutItsBreakGlass(trx: Trx, loaded: Loaded<Orchestration>, tenant: string): Promise<Loaded<Orchestration>> {
  const { incidentId, executedBy, executedAt } = loaded.state ?? {};
  if (incidentId === undefined || !executedBy || !executedAt) return loaded;
  const held = await breakGlassOf(trx, tenant, { incidentId, actor: executedBy, at: executedAt });
  return held === undefined ? loaded : { ...loaded, about: [...(loaded.about ?? []), `breakglass:${held.id}`] };
}
