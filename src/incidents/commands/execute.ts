import { z } from 'zod';
import { newId } from '../../core/index.ts';
import { holdKillSwitch } from '../../flags/index.ts';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { underBreakGlass } from '../break-glass/index.ts';
import { moveOrchestration } from '../orchestration-store.ts';
import { type IncidentParts, loadOrchestration, orchestrationIdArg, planHashArg } from './parts.ts';
import { executeQueue, type RunJobs, remedyOf } from './runs.ts';

/** `orchestration.execute`: the adapter does it, once. What came of it returns as `orchestration.record_outcome`. */
export function execute(parts: IncidentParts, jobs: RunJobs): AnyCommand {
  return defineCommand({
    action: 'orchestration.execute',
    args: z.strictObject({ orchestrationId: orchestrationIdArg, planHash: planHashArg }),
    load: async (trx, { orchestrationId, planHash }, scope) => {
      const loaded = await underBreakGlass(trx, await loadOrchestration(trx, orchestrationId, scope, { planHash }), scope);
      const { tenant } = scope.actor;
      const brakes = {
        killSwitch: await holdKillSwitch(trx, tenant, scope.now),
        freeze: parts.freezeOf(tenant, scope.now),
        calendar: parts.calendarOf(tenant, scope.now),
      };
      return { ...loaded, facts: { ...loaded.facts, ...brakes } };
    },
    effect: async (trx, { planHash }, orchestration, { actor, now }) => {
      const runId = newId('run', now);
      await moveOrchestration(trx, actor.tenant, orchestration.id, {
        stage: 'EXECUTE',
        status: 'EXECUTING',
        run_id: runId,
        executed_by: actor.id,
        executed_at: now,
      });
      await jobs.enqueue(trx, executeQueue, {
        tenant: actor.tenant,
        orchestrationId: orchestration.id,
        runId,
        remedy: remedyOf(orchestration),
      });
      return {
        result: { orchestrationId: orchestration.id },
        record: { runId, status: 'EXECUTING', planHash, simulated: orchestration.simulated },
      };
    },
  });
}
