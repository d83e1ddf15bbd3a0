import { type Clock, Rounds, type TenantId } from '../../core/index.ts';
import type { Database } from '../../storage/index.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { LedgerError, type LedgerErrorCode } from '../errors.ts';
import { signedHeads } from '../heads.ts';
import { latestCheckpoint } from '../store.ts';
import { BackOff } from './back-off.ts';
import { cosignaturesAt } from './store.ts';
import type { Witness } from './witness.ts';
import type { Witnesses } from './witnesses.ts';

/** How a request to a witness ends, as a rule: with the code of the error where there was one. */
export const witnessOutcomes = [
  'cosigned',
  'overtaken',
  'ledger.witness_unavailable',
  'ledger.witness_refused',
  'ledger.witness_ahead',
  'ledger.cosignature_invalid',
] as const;
export type WitnessOutcome = (typeof witnessOutcomes)[number] | LedgerErrorCode | 'fault';

export type WitnessFollowerOptions = {
  readonly database: Database;
  readonly witnesses: Witnesses;
  readonly clock: Clock;
  /** How often each log's newest checkpoint is shown to the witnesses, at most. */
  readonly everySeconds: number;
  /** Which logs; all by default. */
  readonly covers?: (log: TenantId) => boolean;
  readonly onOutcome?: (log: TenantId, witness: string, outcome: WitnessOutcome, error?: unknown) => void;
  /** For how long the newest checkpoint of a log has waited for a witness, as this process saw it; 0 when it has its cosignature. */
  readonly onAge?: (log: TenantId, witness: string, seconds: number) => void;
  /** Told when not even the logs could be listed. */
  readonly onError?: (error: unknown) => void;
};

const LOGS_AT_ONCE = 4;

/**
 * Shows the newest checkpoint of each log to the witnesses, behind everything else: a checkpoint is signed, and an entry answered,
 * whatever witnesses do. Any number of gateways may do so at once. In its first round a process asks about every log, changed or not:
 * that is when it learns that its database was restored.
 */
export class WitnessFollower {
  readonly #options: WitnessFollowerOptions;
  readonly #backOff: BackOff;
  readonly #rounds: Rounds;
  readonly #asked = new Set<string>();
  readonly #behindSince = new Map<string, number>();

  constructor(options: WitnessFollowerOptions) {
    this.#options = options;
    const pauseMilliseconds = options.everySeconds * 1_000;
    this.#backOff = new BackOff(options.clock, pauseMilliseconds);
    this.#rounds = new Rounds(() => this.round(), { pauseMilliseconds, onError: (error) => options.onError?.(error) });
  }

  start(): void {
    this.#rounds.start();
  }

  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  /** One round over all logs. */
  async round(): Promise<void> {
    const { database, covers = () => true, onError } = this.#options;
    const logs = (await signedHeads(database)).map(({ log }) => log).filter(covers);
    await inParallel(logs, LOGS_AT_ONCE, (log) => this.#follow(log).catch((error: unknown) => onError?.(error)));
  }

  async #follow(log: TenantId): Promise<void> {
    const found = await this.#options.database.transaction(log, async (trx) => {
      const checkpoint = await latestCheckpoint(trx, log);
      return checkpoint && { checkpoint, cosigners: (await cosignaturesAt(trx, log, checkpoint.size)).map(({ witness }) => witness) };
    });
    if (found === undefined) return;
    await Promise.all(
      this.#options.witnesses.list.map(async (witness) => {
        const has = found.cosigners.includes(witness.name);
        const isDue = !has || !this.#asked.has(pairOf(log, witness.name));
        const got = isDue && (await this.#ask(log, witness, found.checkpoint));
        this.#tellAge(log, witness, has || got);
      }),
    );
  }

  /** True when it has cosigned. */
  async #ask(log: TenantId, witness: Witness, checkpoint: Checkpoint): Promise<boolean> {
    const pair = pairOf(log, witness.name);
    if (this.#rounds.signal.aborted || ![witness.name, pair].every((what) => this.#backOff.allows(what))) return false;
    const { witnesses, onOutcome } = this.#options;
    try {
      const { kind } = await witnesses.ask(log, witness, checkpoint, this.#rounds.signal);
      for (const what of [witness.name, pair]) this.#backOff.succeeded(what);
      this.#asked.add(pair);
      onOutcome?.(log, witness.name, kind);
      return kind === 'cosigned';
    } catch (error) {
      if (this.#rounds.signal.aborted) return false;
      const outcome = error instanceof LedgerError ? error.code : 'fault';
      // One that is down is down for every log; one that refuses a log may still serve the others.
      this.#backOff.failed(outcome === 'ledger.witness_unavailable' ? witness.name : pair);
      onOutcome?.(log, witness.name, outcome, error);
      return false;
    }
  }

  #tellAge(log: TenantId, witness: Witness, isCosigned: boolean): void {
    const [pair, now] = [pairOf(log, witness.name), this.#options.clock.now().getTime()];
    if (isCosigned) this.#behindSince.delete(pair);
    else if (!this.#behindSince.has(pair)) this.#behindSince.set(pair, now);
    this.#options.onAge?.(log, witness.name, (now - (this.#behindSince.get(pair) ?? now)) / 1000);
  }
}

function pairOf(log: string, witness: string): string {
  return `${log} ${witness}`;
}

/** Workers that share one iterator: each takes the next item when it is done with its last. */
async function inParallel<T>(items: readonly T[], workers: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
