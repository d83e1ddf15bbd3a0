import type { JsonObject } from '../core/index.ts';
import type { Decision } from '../govern/index.ts';
import type { Metrics } from '../telemetry/index.ts';

const stages: { readonly [action: string]: string } = {
  'orchestration.propose': 'suggest',
  'orchestration.dry_run': 'dry-run',
  'orchestration.record_dry_run': 'dry-run',
  'orchestration.approve': 'approve',
  'orchestration.reject': 'approve',
  'orchestration.execute': 'execute',
  'orchestration.record_outcome': 'execute',
};

/** These only begin a stage when they are allowed: how it ended is counted when its outcome is recorded. */
const beginnings = ['orchestration.dry_run', 'orchestration.execute'];

/** Counts orchestrations under the seed's names: how each stage ended, and how long the way to an execution took. */
export function measureOrchestrations(metrics: Metrics): (decision: Decision, result: JsonObject | null) => void {
  return (decision, result) => {
    const stage = stages[decision.action];
    if (stage === undefined || (decision.result === 'ALLOW' && beginnings.includes(decision.action))) return;
    metrics.orchestrations.inc({ stage, status: statusOf(decision, result) });
    if (typeof result?.['seconds'] === 'number') metrics.orchestrationSeconds.observe(result['seconds']);
  };
}

function statusOf(decision: Decision, result: JsonObject | null): string {
  if (decision.result !== 'ALLOW') return 'denied';
  const status = result?.['status'];
  return status === 'DRY_RUN_FAILED' || status === 'EXECUTION_FAILED' || status === 'EXECUTION_UNKNOWN' ? 'failed' : 'success';
}
