import { z } from 'zod';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { lockIncident, markAcknowledged } from '../store.ts';
import { incidentIdArg, loadedIncident } from './parts.ts';

/** `incident.acknowledge`: somebody has seen it and takes it on. */
export const acknowledge: AnyCommand = defineCommand({
  action: 'incident.acknowledge',
  args: z.strictObject({ incidentId: incidentIdArg }),
  load: async (trx, { incidentId }, scope) => loadedIncident(scope, incidentId, await lockIncident(trx, scope.actor.tenant, incidentId)),
  effect: async (trx, _args, incident, { actor, now }) => {
    await markAcknowledged(trx, actor.tenant, incident.id, actor.id, now);
    return { result: { incidentId: incident.id }, record: { status: 'ACKNOWLEDGED', before: incident.status } };
  },
});
