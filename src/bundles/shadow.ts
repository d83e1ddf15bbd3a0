import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Decision } from '../govern/index.ts';
import type { PolicyEngine, PolicyInput, Verdict } from '../policy/index.ts';
import type { Database } from '../storage/index.ts';
import type { Telemetry } from '../telemetry/index.ts';
import { insertDivergence } from './divergences.ts';

export type ShadowOptions = { readonly database: Database; readonly candidate: PolicyEngine; readonly telemetry: Telemetry };

/** Decisions that wait for the candidate at most: one that is too slow misses the rest, which `countersign policy replay` finds again. */
const MAX_WAITING = 256;
/** Rows on their way at most. */
const MAX_PENDING = 64;

/**
 * Asks a candidate policy what it would have decided, after the answer is committed and given. Nothing that it says or does, a fault
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
    const same = saysTheSame(decision, verdict);
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

/** The result, the rule that determined it, every unmet requirement and what follows from it; words alone are no difference. */
function saysTheSame(decided: Decision, other: Verdict): boolean {
  return isDeepStrictEqual(essenceOf(decided), essenceOf(other));
}

function essenceOf({
  result,
  ruleId,
  rules,
  challenge,
  obligations,
}: Omit<Verdict, 'explanation' | 'rules' | 'obligations'> & Pick<Decision, 'rules' | 'obligations'>) {
  return { result, ruleId, unmet: rules.map((rule) => [rule.ruleId, rule.effect]), challenge, obligations };
}

function inShort({ result, ruleId }: { result: string; ruleId: string }): string {
  return `${result} ${ruleId}`;
}
