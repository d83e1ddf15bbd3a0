import { z } from 'zod';
import { newId } from '../../core/index.ts';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { moveOrchestration } from '../orchestration-store.ts';
import { loadOrchestration, orchestrationIdArg } from './parts.ts';
import { dryRunQueue, type RunJobs, remedyOf } from './runs.ts';

/** `orchestration.dry_run`: asks the adapter what the remedy would change. What it says comes back as `orchestration.record_dry_run`. */
export function dryRun(jobs: RunJobs): AnyCommand {
  return defineCommand({
    action: 'orchestration.dry_run',
    args: z.strictObject({ orchestrationId: orchestrationIdArg }),
    load: (trx, { orchestrationId }, scope) => loadOrchestration(trx, orchestrationId, scope, undefined),
    effect: async (trx, _args, orchestration, { actor, now }) => {
      const runId = newId('run', now);
      await moveOrchestration(trx, actor.tenant, orchestration.id, {
        stage: 'DRY_RUN',
        status: 'DRY_RUNNING',
        run_id: runId,
        difference: null,
      });
      await jobs.enqueue(trx, dryRunQueue, {
        tenant: actor.tenant,
        orchestrationId: orchestration.id,
        runId,
        remedy: remedyOf(orchestration),
      });
      return {
        result: { orchestrationId: orchestration.id },
        record: { runId, status: 'DRY_RUNNING', simulated: orchestration.simulated },
      };
    },
  });
}
