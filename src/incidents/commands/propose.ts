import { z } from 'zod';
import { type Json, type JsonObject, newId, type OrchestrationId } from '../../core/index.ts';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { adapterNamed } from '../adapters/index.ts';
import type { Incident } from '../model.ts';
import { insertOrchestration } from '../orchestration-store.ts';
import { lockIncident } from '../store.ts';
import { type IncidentParts, incidentIdArg, justificationArg, loadedIncident } from './parts.ts';

const parameters = z
  .custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'must be an object')
  .refine((value) => JSON.stringify(value).length <= 8_192, 'must be at most 8 KiB of JSON');

const args = z.strictObject({
  incidentId: incidentIdArg,
  adapter: z.string().max(100),
  operation: z
    .string()
    .regex(/^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/, 'must be lower-case words joined by . _ or -')
    .max(100),
  targets: z.array(z.string().min(1).max(200)).min(1).max(50),
  parameters: parameters.nullish(),
  justification: justificationArg,
});

/** `orchestration.propose`: a remedy for an open incident, in the first of the four stages (seed 000: Suggest). */
export function propose(parts: IncidentParts): AnyCommand {
  return defineCommand<z.infer<typeof args>, { incident: Incident; id: OrchestrationId }, { orchestrationId: OrchestrationId }>({
    action: 'orchestration.propose',
    args,
    personal: ['justification'],
    load: async (trx, { incidentId, justification }, scope) => {
      const loaded = loadedIncident(scope, incidentId, await lockIncident(trx, scope.actor.tenant, incidentId));
      if (loaded.state === null) return { ...loaded, state: null };
      const id = newId('orchestration', scope.now);
      return {
        ...loaded,
        facts: { ...loaded.facts, request: { justification } },
        about: [`orchestration:${id}`],
        state: { incident: loaded.state, id },
      };
    },
    effect: async (trx, args, { incident, id }, { actor, now, seal }) => {
      const { simulated } = adapterNamed(parts.adapters, args.adapter);
      const remedy = { adapter: args.adapter, operation: args.operation, targets: args.targets, parameters: args.parameters ?? {} };
      await insertOrchestration(trx, actor.tenant, {
        ...nothingYet,
        ...remedy,
        id,
        incidentId: incident.id,
        simulated,
        justification: seal(args.justification, { column: 'orchestration.justification', row: id }),
        proposedBy: actor.id,
        proposedAt: now,
      });
      const record: Json = { ...remedy, orchestrationId: id, simulated, status: 'PROPOSED' };
      return { result: { orchestrationId: id }, record };
    },
  });
}

const nothingYet = {
  stage: 'SUGGEST',
  status: 'PROPOSED',
  difference: null,
  dryRunPassed: null,
  dryRunAt: null,
  runId: null,
  executedBy: null,
  executedAt: null,
  outcome: null,
} as const;
