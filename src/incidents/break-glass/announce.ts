import type { JsonObject } from '../../core/index.ts';
import type { Decision } from '../../govern/index.ts';
import type { Telemetry } from '../../telemetry/index.ts';

/** The obligation that the policy puts on whatever it allowed under an emergency. */
const UNDER_BREAK_GLASS = 'review_break_glass';

const events = ['declare', 'use', 'review'] as const;

/** Nothing of an emergency is quiet: each declaration, use and review is a warning in the log and counted. */
export function announceBreakGlass({
  log,
  metrics,
}: Pick<Telemetry, 'log' | 'metrics'>): (decision: Decision, result: JsonObject | null) => void {
  // A series that begins at 1 shows no increase: Prometheus has to have seen the 0.
  for (const event of events) metrics.breakGlass.inc({ event }, 0);
  return (decision, result) => {
    const event = eventOf(decision);
    if (event === undefined) return;
    const { action, decisionId, tenant } = decision;
    metrics.breakGlass.inc({ event });
    log.warn({ event, action, decisionId, tenant, ...result }, 'break-glass');
  };
}

function eventOf({ action, result, obligations }: Decision): (typeof events)[number] | undefined {
  if (result !== 'ALLOW') return undefined;
  if (action === 'breakglass.declare') return 'declare';
  if (action === 'breakglass.review') return 'review';
  return obligations.includes(UNDER_BREAK_GLASS) ? 'use' : undefined;
}
