import { serviceActor, serviceContext } from '../auth/index.ts';
import type { Kernel } from '../govern/index.ts';
import type { Jobs } from '../jobs/index.ts';
import { type Adapter, type Adapters, adapterNamed, type RunResult } from './adapters/index.ts';
import { dryRunQueue, executeQueue, type RunJob } from './commands/runs.ts';

type Verb = (adapter: Adapter, job: RunJob, signal: AbortSignal) => Promise<RunResult>;

/**
 * Carries out what was decided. The adapter is called with the run's id, so that a job which is run again after a crash does
 * not act twice; its outcome comes back as a command under the same id, so that it is recorded once.
 */
export async function startIncidentWorkers(jobs: Jobs, kernel: Kernel, adapters: Adapters): Promise<void> {
  const worker = (action: string, call: Verb) => async (job: RunJob, signal: AbortSignal) => {
    const { succeeded, detail } = await call(adapterNamed(adapters, job.remedy.adapter), job, signal);
    await kernel.govern(action, {
      identity: { actor: serviceActor(job.tenant, 'orchestrator'), context: serviceContext('job') },
      args: { orchestrationId: job.orchestrationId, runId: job.runId, succeeded, detail },
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
}
