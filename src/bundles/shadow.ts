import { setImmediate as turn } from 'node:timers/promises';
import type { Decision } from '../govern/index.ts';
import { differenceOf, type PolicyEngine, type PolicyInput } from '../policy/index.ts';
import type { Database } from '../storage/index.ts';
import type { Telemetry } from '../telemetry/index.ts';
import { insertDivergence } from './divergences.ts';

export type ShadowOptions = { readonly database: Database; readonly candidate: PolicyEngine; readonly telemetry: Telemetry };

/** Decisions that wait for the candidate at most: one that is too slow misses the rest, which `countersign policy replay` finds again. */
const MAX_WAITING = 256;
/** Rows on their way at most. */
const MAX_PENDING = 64;

/**
 * Asks a candidate policy what it would have decided, after the action is committed, in a later turn. Nothing that it says or does, a fault
 * or a row that cannot be written, reaches the caller.
 */
export class Shadow {
  readonly #options: ShadowOptions;
  readonly #pending = new Set<Promise<void>>();
  #waiting = 0;

  constructor(options: ShadowOptions) {
    this.#options = options;
  }

  /** Takes note; the candidate is asked when the answer of this turn is on its way. */
  observe(decision: Decision, input: PolicyInput): void {
    if (this.#waiting >= MAX_WAITING) {
      this.#options.telemetry.metrics.shadowDecisions.inc({ outcome: 'missed' });
      return;
    }
    this.#waiting += 1;
    setImmediate(() => {
      this.#waiting -= 1;
      this.#ask(decision, input);
    });
  }

  #ask(decision: Decision, input: PolicyInput): void {
    const { candidate, telemetry } = this.#options;
    const { verdict } = candidate.decide(input);
    const same = differenceOf(decision, verdict) === undefined;
    telemetry.metrics.shadowDecisions.inc({ outcome: same ? 'same' : 'diverged' });
    if (same) return;
    const { decisionId, action } = decision;
    const divergence = { decisionId, action, decided: inShort(decision), wouldDecide: inShort(verdict) };
    telemetry.log.warn({ ...divergence, candidate: candidate.version.revision }, 'the candidate policy would have decided otherwise');
    if (this.#pending.size < MAX_PENDING) this.#keep(decision, divergence);
  }

  async stop(): Promise<void> {
    while (this.#waiting > 0) await turn();
    await Promise.all(this.#pending);
  }

  #keep({ tenant, ts }: Decision, divergence: { decisionId: string; action: string; decided: string; wouldDecide: string }): void {
    const { database, candidate, telemetry } = this.#options;
    const row = { ...divergence, candidate: candidate.version.digest, at: new Date(ts) };
    const kept = database
      .transaction(tenant, (trx) => insertDivergence(trx, tenant, row))
      .catch((error: unknown) => telemetry.log.error({ err: error }, 'a divergence of the candidate policy could not be written down'))
      .finally(() => this.#pending.delete(kept));
    this.#pending.add(kept);
  }
}

function inShort({ result, ruleId }: { result: string; ruleId: string }): string {
  return `${result} ${ruleId}`;
}
