import { serviceActor, serviceContext } from '../auth/index.ts';
import { digestOfJson } from '../core/index.ts';
import { type ActionRequest, GovernError, type Kernel } from '../govern/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Database } from '../storage/index.ts';
import { type Adapter, type Adapters, adapterNamed, type RunResult } from './adapters/index.ts';
import { dryRunQueue, executeQueue, type RunJob, remedyOf } from './commands/runs.ts';
import { findOrchestration } from './orchestration-store.ts';

type Verb = (adapter: Adapter, job: RunJob, signal: AbortSignal) => Promise<RunResult>;

export type WorkerParts = { readonly jobs: Jobs; readonly kernel: Kernel; readonly adapters: Adapters; readonly database: Database };

/** How long a stop waits for a call to an adapter; what takes longer is done again, under the same run id. */
const REST_MS = 10_000;

/**
 * Carries out what was decided. The adapter is called with the run's id, so that a job which is run again after a crash does
 * not act twice; its outcome comes back as a command under the same id, so that it is recorded once.
 */
export async function startIncidentWorkers(parts: WorkerParts): Promise<() => Promise<void>> {
  const { jobs, kernel, adapters, database } = parts;
  const worker = (action: string, call: Verb) => async (job: RunJob, signal: AbortSignal) => {
    if (!(await isDecided(database, job))) return;
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
 * Whether the tenant's own row still waits for exactly this run. Jobs are kept in tables that no tenant guards, and an agent acts on what
 * it is told: a job is a reminder of a decision, never the decision.
 */
function isDecided(database: Database, { tenant, orchestrationId, runId, remedy }: RunJob): Promise<boolean> {
  return database.transaction(tenant, async (trx) => {
    const orchestration = await findOrchestration(trx, tenant, orchestrationId);
    const waits = orchestration?.status === 'DRY_RUNNING' || orchestration?.status === 'EXECUTING';
    return waits && orchestration.runId === runId && digestOfJson(remedyOf(orchestration)) === digestOfJson(remedyOf(remedy));
  });
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
