import { z } from 'zod';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { lockIncident, markResolved } from '../store.ts';
import { incidentIdArg, loadedIncident } from './parts.ts';

/** `incident.resolve`: a person says it is over. Alerts that end resolve an incident by themselves (`alert.receive`). */
export const resolve: AnyCommand = defineCommand({
  action: 'incident.resolve',
  args: z.strictObject({ incidentId: incidentIdArg, summary: z.string().max(2_000).nullish() }),
  personal: ['summary'],
  load: async (trx, { incidentId }, scope) => loadedIncident(scope, incidentId, await lockIncident(trx, scope.actor.tenant, incidentId)),
  effect: async (trx, { summary }, incident, { actor, now }) => {
    await markResolved(trx, actor.tenant, incident.id, actor.id, now);
    return { result: { incidentId: incident.id }, record: { status: 'RESOLVED', before: incident.status, summary: summary ?? null } };
  },
});
