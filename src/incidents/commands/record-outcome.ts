import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { moveOrchestration } from '../orchestration-store.ts';
import { loadRun, runReport } from './record-run.ts';

/** `orchestration.record_outcome`: what came of an execution, as the agent told it. */
export const recordOutcome: AnyCommand = defineCommand({
  action: 'orchestration.record_outcome',
  args: runReport,
  load: loadRun,
  effect: async (trx, { runId, succeeded, answered, detail }, orchestration, { actor, now }) => {
    const status = succeeded ? 'EXECUTED' : answered ? 'EXECUTION_FAILED' : 'EXECUTION_UNKNOWN';
    await moveOrchestration(trx, actor.tenant, orchestration.id, { stage: 'EXECUTE', status, outcome: JSON.stringify(detail) });
    const seconds = (now.getTime() - orchestration.proposedAt.getTime()) / 1000;
    return {
      result: { orchestrationId: orchestration.id, status, seconds },
      record: { runId, status, outcome: detail, simulated: orchestration.simulated },
    };
  },
});
