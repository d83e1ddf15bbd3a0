import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { moveOrchestration } from '../orchestration-store.ts';
import { planHash } from '../plan.ts';
import { loadRun, runReport } from './record-run.ts';

/** `orchestration.record_dry_run`: what the adapter said the remedy would change. Now the plan has a hash to approve. */
export const recordDryRun: AnyCommand = defineCommand({
  action: 'orchestration.record_dry_run',
  args: runReport,
  load: loadRun,
  effect: async (trx, { runId, succeeded, detail }, orchestration, { actor, now, policy }) => {
    const difference = { ...detail, runId };
    const hash = succeeded ? planHash(orchestration, difference, policy.digest) : null;
    const status = succeeded ? 'DRY_RUN_PASSED' : 'DRY_RUN_FAILED';
    await moveOrchestration(trx, actor.tenant, orchestration.id, {
      stage: 'DRY_RUN',
      status,
      difference: JSON.stringify(difference),
      dry_run_passed: succeeded,
      dry_run_at: now,
    });
    return {
      result: { orchestrationId: orchestration.id, status },
      record: { status, planHash: hash, difference, simulated: orchestration.simulated },
    };
  },
});
