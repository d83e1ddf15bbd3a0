import { z } from 'zod';
import { type BreakGlassId, newId } from '../../core/index.ts';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { incidentIdArg, justificationArg, loadedIncident } from '../commands/parts.ts';
import type { Incident } from '../model.ts';
import { lockIncident } from '../store.ts';
import { secondsLeft } from './model.ts';
import { breakGlassOf, insertBreakGlass, overdueOf } from './store.ts';

/** How long is judged by policy; this bounds it to what a moment can hold. */
const args = z.strictObject({ incidentId: incidentIdArg, justification: justificationArg, minutes: z.int().min(-100_000).max(100_000) });

/** `breakglass.declare`: for some minutes the actor goes around freeze, change window and four eyes on one grave incident. */
export const declareBreakGlass: AnyCommand = defineCommand<
  z.infer<typeof args>,
  { incident: Incident; id: BreakGlassId },
  { breakGlassId: BreakGlassId; incidentId: string }
>({
  action: 'breakglass.declare',
  args,
  personal: ['justification'],
  load: async (trx, { incidentId, justification, minutes }, scope) => {
    const { tenant, id: actor } = scope.actor;
    // Held until the end, so that of two declarations at once the second sees the first.
    const loaded = loadedIncident(scope, incidentId, await lockIncident(trx, tenant, incidentId));
    if (loaded.state === null) return { ...loaded, state: null };
    const active = await breakGlassOf(trx, tenant, { incidentId, actor, at: scope.now });
    const id = newId('breakglass', scope.now);
    const breakGlass = {
      active: active !== undefined,
      secondsLeft: active === undefined ? 0 : secondsLeft(active, scope.now),
      overdue: await overdueOf(trx, tenant, actor, scope.now),
    };
    return {
      ...loaded,
      facts: { ...loaded.facts, request: { justification, minutes }, breakGlass },
      about: [`breakglass:${id}`],
      state: { incident: loaded.state, id },
    };
  },
  effect: async (trx, { justification, minutes }, { incident, id }, { actor, now, seal }) => {
    const expiresAt = new Date(now.getTime() + minutes * 60_000);
    const sealed = seal(justification, { column: 'break_glass.justification', row: id });
    const declared = { id, incidentId: incident.id, declaredBy: actor.id, justification: sealed, declaredAt: now, expiresAt };
    await insertBreakGlass(trx, actor.tenant, declared);
    return {
      result: { breakGlassId: id, incidentId: incident.id },
      record: { breakGlassId: id, justification, minutes, expiresAt: expiresAt.toISOString() },
    };
  },
});
