import { sql } from 'kysely';
import { type EntryId, messageOf, Rounds, type TenantId, tenantId } from '../core/index.ts';
import type { Database } from '../storage/index.ts';
import { Backlog } from './backlog.ts';
import { Drains } from './drains.ts';
import { LedgerError } from './errors.ts';
import { HeadSigner, type HeadSignerOptions } from './head-signer.ts';
import { type Batch, type BatchOptions, conflictOf, isSameEntry, sequenceAlone, sequenceTogether } from './sequence.ts';
import { leafByEntry, type SequencedLeaf, type Waiting } from './store.ts';

export type SequencerOptions = HeadSignerOptions & {
  /** Connections of the sequencer's own, so that it never queues behind those it serves; default: `database`. */
  readonly sequencing?: Database;
  readonly batchSize?: number;
  /** How many transactions sequence at once: one of many logs together, the others of one log each. */
  readonly lanes?: number;
  /** Entries of one log that may wait for their place before appends are refused. */
  readonly maxBacklog?: number;
  /** How often entries that another, dead gateway left behind are looked for. */
  readonly sweepMilliseconds?: number;
};

/**
 * Drains outboxes. Whoever committed an entry asks for its place at once, so nobody has to be woken; a sweep finds what a gateway left
 * behind that died in between. Safe to run in many processes: the head's lock decides, and the server takes it from one that froze.
 */
export class Sequencer {
  readonly backlog: Backlog;
  readonly #options: SequencerOptions;
  readonly #drains: Drains;
  readonly #signer: HeadSigner;
  readonly #sweeps: Rounds;

  constructor(options: SequencerOptions) {
    this.#options = options;
    const { database, sequencing = database, lanes = 4 } = options;
    this.#drains = new Drains({
      together: async (asks) => {
        const logs = asks.map(({ log }) => log);
        const batches = await sequencing.transaction(logs, (trx) => sequenceTogether(trx, asks, this.#batchOptions()));
        for (const [log, batch] of batches) this.#done(log, batch);
        return batches;
      },
      alone: async (ask) => {
        const batch = await sequencing.transaction(ask.log, (trx) => sequenceAlone(trx, ask, this.#batchOptions()));
        this.#done(ask.log, batch);
        return batch;
      },
      onGroupFailed: (logs, error) => options.onError?.('*', groupFailed(logs, error)),
      width: Math.max(lanes - 1, 1),
    });
    this.#signer = new HeadSigner(options, (log, entries) => this.record(log, entries));
    this.backlog = new Backlog(options.maxBacklog ?? 100_000);
    const { sweepMilliseconds = 500, onError } = options;
    this.#sweeps = new Rounds(() => this.#sweep(), { pauseMilliseconds: sweepMilliseconds, onError: (error) => onError?.('*', error) });
  }

  /** Finishes what an earlier process left in any outbox, and keeps looking. */
  start(): void {
    this.#sweeps.start();
  }

  async stop(): Promise<void> {
    await this.#sweeps.stop();
    await this.#drains.idle();
    await this.#signer.stop();
  }

  /** Sequences a committed entry and answers with its leaf; undefined when it is still waiting (the sweep will place it). */
  async place(log: TenantId, entryId: EntryId): Promise<SequencedLeaf | undefined> {
    for (;;) {
      const { current, next } = this.#drains.next(log);
      const taken = (await current?.catch(() => undefined))?.placed.get(entryId);
      if (taken !== undefined) return taken;
      const batch = await next;
      const own = batch.placed.get(entryId);
      if (own !== undefined) return own;
      if (batch.more) continue;
      // Another gateway's sequencer took it along, or it fell into the batch before.
      return this.#options.database.transaction(log, (trx) => leafByEntry(trx, log, entryId));
    }
  }

  /**
   * Gives entries their places without a business transaction around them: committed and sequenced in one.
   *
   * @throws LedgerError `ledger.conflict`
   */
  async record(log: TenantId, entries: readonly Waiting[]): Promise<readonly SequencedLeaf[]> {
    const batch = await this.#drains.with(log, entries);
    return entries.map(({ entryId, body }) => {
      const leaf = batch.placed.get(entryId);
      if (leaf !== undefined && (!batch.conflicts.has(entryId) || isSameEntry(body, leaf.body))) return leaf;
      throw conflictOf(log, entryId);
    });
  }

  #batchOptions(): BatchOptions {
    const { batchSize: limit = 1_000, key } = this.#options;
    return { key, limit, now: new Date() };
  }

  #done(log: TenantId, batch: Batch): void {
    this.backlog.placed(log, batch.drained);
    for (const { entryId, reason } of batch.refused) this.#options.onError?.(log, refusedError(log, entryId, reason));
    this.#signer.headMoved(log); // also after an empty batch: the sweep comes here for heads that stayed unsigned
  }

  async #sweep(): Promise<void> {
    const { rows } = await this.#options.database.untenanted((db) =>
      sql<{ tenant: string; waiting: bigint }>`select tenant, waiting from ledger_backlog()`.execute(db),
    );
    const waiting = new Map(rows.map((row) => [tenantId(row.tenant), Number(row.waiting)]));
    this.backlog.counted(waiting);
    await Promise.all(
      [...waiting.keys()].map((log) => this.#drains.next(log).next.catch((error: unknown) => this.#options.onError?.(log, error))),
    );
  }
}

function refusedError(log: TenantId, entryId: string, reason: string): LedgerError {
  const why = reason === 'seal' ? 'was altered after its commit' : 'has an id that stands for another entry';
  return new LedgerError('ledger.entry_refused', `entry \`${entryId}\` of log \`${log}\` ${why}`, {
    remedy: 'it is in `ledger_quarantine`: find out who writes the database beside the gateway',
  });
}

function groupFailed(logs: number, cause: unknown): LedgerError {
  return new LedgerError('ledger.group_failed', `a transaction of ${logs} logs failed: ${messageOf(cause)}`, {
    cause,
    remedy: 'none if it stays at this: each of them goes alone now, and the one that fails again says why',
  });
}
