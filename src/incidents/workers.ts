import { serviceActor, serviceContext } from '../auth/index.ts';
import { type ActionRequest, GovernError, type Kernel } from '../govern/index.ts';
import type { Jobs } from '../jobs/index.ts';
import { type Adapter, type Adapters, adapterNamed, type RunResult } from './adapters/index.ts';
import { dryRunQueue, executeQueue, type RunJob } from './commands/runs.ts';

type Verb = (adapter: Adapter, job: RunJob, signal: AbortSignal) => Promise<RunResult>;

/** How long a stop waits for a call to an adapter; what takes longer is done again, under the same run id. */
const REST_MS = 10_000;

/**
 * Carries out what was decided. The adapter is called with the run's id, so that a job which is run again after a crash does
 * not act twice; its outcome comes back as a command under the same id, so that it is recorded once.
 */
export async function startIncidentWorkers(jobs: Jobs, kernel: Kernel, adapters: Adapters): Promise<() => Promise<void>> {
  const worker = (action: string, call: Verb) => async (job: RunJob, signal: AbortSignal) => {
    const result = await call(adapterNamed(adapters, job.remedy.adapter), job, signal);
    await record(kernel, action, {
      identity: { actor: serviceActor(job.tenant, 'orchestrator'), context: serviceContext('job') },
      args: { orchestrationId: job.orchestrationId, runId: job.runId, ...result },
      idempotencyKey: job.runId,
    });
  };
  await jobs.work(
    dryRunQueue,
    worker('orchestration.record_dry_run', (adapter, job, signal) => adapter.dryRun(job, signal)),
  );
  await jobs.work(
    executeQueue,
    worker('orchestration.record_outcome', (adapter, job, signal) => adapter.execute(job, signal)),
  );
  return async () => {
    await Promise.all([jobs.rest(dryRunQueue, REST_MS), jobs.rest(executeQueue, REST_MS)]);
  };
}

/**
 * Records what a run came to. A decision that could not be made is no outcome: the job comes again. A denial stands, for a run that
 * is no longer waited for; and so does what was recorded before a crash kept the job from ending, though the agent, asked once more, may
 * have put it in other words.
 */
async function record(kernel: Kernel, action: string, request: ActionRequest): Promise<void> {
  try {
    const { decision } = await kernel.govern(action, request);
    if (decision.ruleId !== 'engine.fault') return;
    throw new Error(`the outcome could not be recorded: ${decision.explanation} (${decision.decisionId})`);
  } catch (error) {
    if (!(error instanceof GovernError) || error.code !== 'govern.idempotency_conflict') throw error;
  }
}
