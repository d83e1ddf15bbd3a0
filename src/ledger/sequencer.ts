import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { type EntryId, type TenantId, tenantId } from '../core/index.ts';
import { HeadSigner, type HeadSignerOptions } from './head-signer.ts';
import { type Batch, sequenceBatch } from './sequence.ts';
import { leafByEntry, type SequencedLeaf } from './store.ts';

export type SequencerOptions = HeadSignerOptions & {
  readonly batchSize?: number;
  /** How often entries that another, dead gateway left behind are looked for. */
  readonly sweepMilliseconds?: number;
};

/**
 * Drains outboxes. A commit calls `place`; all who call while a batch is under way share the next one (group commit), so the
 * rate grows with the load. Safe to run in many processes: the head's lock decides.
 */
export class Sequencer {
  readonly #options: SequencerOptions;
  /** The drain under way for a log, and the one that will start when it ends. */
  readonly #running = new Map<TenantId, { current: Promise<unknown>; next: Promise<Batch> | undefined }>();
  readonly #signer: HeadSigner;
  readonly #batchSize: number;
  readonly #stop = new AbortController();
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: SequencerOptions) {
    this.#options = options;
    this.#signer = new HeadSigner(options);
    this.#batchSize = options.batchSize ?? 1_000;
  }

  /** Finishes what an earlier process left in any outbox, and keeps looking. */
  start(): void {
    this.#sweeping = this.#sweepUntilStopped();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#sweeping;
    await Promise.allSettled([...this.#running.values()].flatMap((drain) => [drain.current, drain.next]));
    await this.#signer.stop();
  }

  /** Sequences a committed entry and answers with its leaf; undefined when it is still waiting (the sweep will place it). */
  async place(log: TenantId, entryId: EntryId): Promise<SequencedLeaf | undefined> {
    for (;;) {
      const batch = await this.#drain(log);
      const own = batch.leaves.find((leaf) => leaf.entryId === entryId);
      if (own !== undefined) return own;
      if (batch.leaves.length === this.#batchSize) continue;
      // Another gateway's sequencer took it along, or it fell into the batch before.
      return this.#options.database.transaction(log, (trx) => leafByEntry(trx, log, entryId));
    }
  }

  /** The next batch that starts from now on: whatever is committed is in it. */
  #drain(log: TenantId): Promise<Batch> {
    const running = this.#running.get(log);
    if (running === undefined) return this.#begin(log);
    running.next ??= running.current.then(
      () => this.#begin(log),
      () => this.#begin(log),
    );
    return running.next;
  }

  #begin(log: TenantId): Promise<Batch> {
    const current = this.#sequence(log).finally(() => {
      if (this.#running.get(log)?.current === current && this.#running.get(log)?.next === undefined) this.#running.delete(log);
    });
    this.#running.set(log, { current, next: undefined });
    return current;
  }

  async #sequence(log: TenantId): Promise<Batch> {
    const batch = await this.#options.database.transaction(log, (trx) => sequenceBatch(trx, log, this.#batchSize));
    this.#signer.headMoved(log); // also after an empty batch: the sweep comes here for heads that stayed unsigned
    return batch;
  }

  async #sweepUntilStopped(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#sweep().catch((error: unknown) => this.#options.onError?.('*', error));
      await delay(this.#options.sweepMilliseconds ?? 1_000, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #sweep(): Promise<void> {
    const waiting = await this.#options.database.untenanted((db) =>
      sql<{ tenant: string }>`select tenant from ledger_backlog()`.execute(db),
    );
    for (const { tenant } of waiting.rows) {
      const log = tenantId(tenant);
      await this.#drain(log).catch((error: unknown) => this.#options.onError?.(log, error));
    }
  }
}
