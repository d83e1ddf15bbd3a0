import type { OrchestrationId, RunId, TenantId } from '../../core/index.ts';
import type { Jobs, Queue } from '../../jobs/index.ts';
import type { Remedy } from '../model.ts';

/** A call to an adapter, as the job carries it. What the adapter gets is fixed when the action is decided, not when the job runs. */
export type RunJob = {
  readonly tenant: TenantId;
  readonly orchestrationId: OrchestrationId;
  readonly runId: RunId;
  readonly remedy: Remedy;
};

export const dryRunQueue: Queue<RunJob> = { name: 'orchestration-dry-run', expireInSeconds: 1_200, retryLimit: 20 };
export const executeQueue: Queue<RunJob> = { name: 'orchestration-execute', expireInSeconds: 1_200, retryLimit: 20 };

export type RunJobs = Pick<Jobs, 'enqueue'>;

export function remedyOf({ adapter, operation, targets, parameters }: Remedy): Remedy {
  return { adapter, operation, targets, parameters };
}
