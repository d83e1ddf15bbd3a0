import { type EntryId, type TenantId, within } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import { type Checkpoint, originOf } from './checkpoint.ts';
import { LedgerError } from './errors.ts';
import { type Entry, entryBytes } from './leaf.ts';
import { MetaLog } from './meta-log.ts';
import { consistencyPath, inclusionPath } from './proof.ts';
import { sealedRow } from './seal.ts';
import { conflictOf, isSameEntry } from './sequence.ts';
import { Sequencer, type SequencerOptions } from './sequencer.ts';
import { enqueue } from './sequencing-store.ts';
import {
  isWaiting,
  latestCheckpoint,
  leafByEntry,
  leavesOf,
  readTile,
  rotationNotes,
  type SequencedLeaf,
  type Waiting,
  waitingBody,
} from './store.ts';
import { memoised, nodesFromTiles } from './tiles.ts';

/** Where an entry stands. `PENDING`: committed and sure to be sequenced, ask again with its id. */
export type Receipt =
  | { readonly status: 'SEQUENCED'; readonly log: TenantId; readonly entryId: EntryId; readonly seq: number; readonly leafHash: string }
  | { readonly status: 'PENDING'; readonly log: TenantId; readonly entryId: EntryId };

/** Everything a stranger needs to check that an entry is in the log, offline. Hashes in hex. */
export type InclusionProof = {
  readonly leaf: string;
  readonly seq: number;
  readonly path: readonly string[];
  readonly checkpoint: string;
  readonly verifierKey: string;
};

/** Everything a stranger needs to check that the log still is what it was: its first `from` leaves come first in `to`. Hashes in hex. */
export type ConsistencyProof = {
  readonly from: number;
  readonly to: number;
  readonly path: readonly string[];
  /** Of size `to`. */
  readonly checkpoint: string;
};

export type LedgerOptions = SequencerOptions & {
  /** How often the meta-log takes up the newest checkpoints. */
  readonly metaSeconds?: number;
  /** How long an answer waits for its entry to be sequenced. */
  readonly waitMilliseconds: number;
};

/** The one door to the log of a tenant: write in a transaction, wait for the place, prove it. */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #sequencer: Sequencer;
  readonly #meta: MetaLog;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#sequencer = new Sequencer(options);
    this.#meta = new MetaLog(options, (log, entries) => this.#sequencer.record(log, entries));
  }

  start(): void {
    this.#sequencer.start();
    this.#meta.start();
  }

  async stop(): Promise<void> {
    await this.#meta.stop();
    await this.#sequencer.stop();
  }

  /**
   * Writes an entry in the caller's transaction: it exists exactly when the transaction's other effects do. `about` names
   * further subjects whose timelines show it.
   *
   * The same entry again, after a lost answer, changes nothing and keeps its place.
   *
   * @throws LedgerError `ledger.entry_too_large`, `ledger.backlog_full`, `ledger.conflict` when the id stands for another entry
   */
  async append(trx: Trx, log: TenantId, entry: Entry, about: readonly string[] = []): Promise<void> {
    this.#sequencer.backlog.admit(log);
    const waiting = toWaiting(entry, about);
    const { key } = this.#options;
    const seal = key.seal(sealedRow(log, waiting.entryId, waiting.body, waiting.subjects));
    if (await enqueue(trx, log, waiting, seal)) return;
    if (!(await isKept(trx, log, waiting))) throw conflictOf(log, entry.id);
  }

  /**
   * Writes an entry without a business transaction: committed and given its place in one, with all that come meanwhile.
   *
   * @throws LedgerError `ledger.entry_too_large`, `ledger.conflict`; StorageError: it may be in the log all the same, repeat it as it was
   */
  async record(log: TenantId, entry: Entry, about: readonly string[] = []): Promise<Receipt> {
    const [leaf] = await this.#sequencer.record(log, [toWaiting(entry, about)]);
    return toReceipt(log, entry.id, leaf);
  }

  /** True while so much of some log waits that its appends are refused. */
  isBacklogFull(): boolean {
    return this.#sequencer.backlog.isFull();
  }

  /** Waits, for a bounded time, until a committed entry has its place. Never fails: what is committed will be sequenced. */
  async acknowledge(log: TenantId, entryId: EntryId): Promise<Receipt> {
    const placed = this.#sequencer.place(log, entryId).catch((error: unknown) => {
      this.#options.onError?.(log, error);
      return undefined;
    });
    return toReceipt(log, entryId, await within(this.#options.waitMilliseconds, placed));
  }

  /** The receipt of an entry that was appended before, sequenced or not yet; undefined when the log does not have it. */
  receipt(log: TenantId, entryId: EntryId): Promise<Receipt | undefined> {
    return this.#options.database.transaction(log, async (trx) => {
      // The outbox first: an entry that moves on in between is then found in the log.
      const waiting = await isWaiting(trx, log, entryId);
      const leaf = await leafByEntry(trx, log, entryId);
      return leaf === undefined && !waiting ? undefined : toReceipt(log, entryId, leaf);
    });
  }

  /**
   * The proof of an entry, in the caller's transaction, against the checkpoint that is shown to others, with its witnesses, where that
   * covers it, else against the newest; undefined until one does.
   */
  async prove(trx: Trx, log: TenantId, entryId: EntryId, published?: Checkpoint): Promise<InclusionProof | undefined> {
    const leaf = await leafByEntry(trx, log, entryId);
    const covers = leaf !== undefined && published !== undefined && published.size > leaf.seq;
    const checkpoint = covers ? published : await latestCheckpoint(trx, log);
    if (leaf === undefined || checkpoint === undefined || checkpoint.size <= leaf.seq) return undefined;
    const nodes = nodesFromTiles(memoised((level, index) => readTile(trx, log, level, index)));
    const path = await inclusionPath(leaf.seq, checkpoint.size, nodes);
    return {
      leaf: leaf.body.toString('utf8'),
      seq: leaf.seq,
      path: path.map((hash) => hash.toString('hex')),
      checkpoint: checkpoint.note,
      verifierKey: this.verifierKey(log),
    };
  }

  /**
   * Proves that the newest checkpoint continues the log's first `from` entries, in the caller's transaction; undefined before the first.
   *
   * @throws LedgerError `ledger.out_of_range` when the log is not that long
   */
  async proveConsistency(trx: Trx, log: TenantId, from: number): Promise<ConsistencyProof | undefined> {
    const checkpoint = await latestCheckpoint(trx, log);
    if (checkpoint === undefined) return undefined;
    const nodes = nodesFromTiles(memoised((level, index) => readTile(trx, log, level, index)));
    const path = await consistencyPath(from, checkpoint.size, nodes);
    return { from, to: checkpoint.size, path: path.map((hash) => hash.toString('hex')), checkpoint: checkpoint.note };
  }

  checkpoint(log: TenantId): Promise<Checkpoint | undefined> {
    return this.#options.database.transaction(log, (trx) => latestCheckpoint(trx, log));
  }

  /** The checkpoints that hand the log over from key to key, oldest first: with them the first key verifies all of it. */
  rotations(trx: Trx, log: TenantId): Promise<string[]> {
    return rotationNotes(trx, log);
  }

  /** What a verifier is given, out of band, to check a log's checkpoints. */
  verifierKey(log: TenantId): string {
    const origin = originOf(this.#options.originPrefix, log);
    return this.#options.key.signerFor(origin).verifierKey;
  }

  /** A subject's entries in the caller's transaction, oldest first, after seq `after`. */
  timeline(trx: Trx, log: TenantId, subject: string, after: number, limit: number): Promise<SequencedLeaf[]> {
    return leavesOf(trx, log, subject, after, limit);
  }
}

/** What an index of PostgreSQL holds; a longer one would commit to the outbox and never get a place, nor would what waits behind it. */
const MAX_SUBJECT_BYTES = 2_048;

function toWaiting(entry: Entry, about: readonly string[]): Waiting {
  const subjects = [entry.subject, ...about];
  const long = subjects.find((subject) => Buffer.byteLength(subject, 'utf8') > MAX_SUBJECT_BYTES);
  if (long === undefined) return { entryId: entry.id, body: entryBytes(entry), subjects };
  throw new LedgerError('ledger.entry_too_large', `the subject \`${long.slice(0, 80)}…\` has more than ${MAX_SUBJECT_BYTES} bytes`, {
    remedy: 'name what it is about by an id or a digest',
  });
}

/** Whether what is there under an entry's id is this very entry. Asked in the order in which entries move. */
async function isKept(trx: Trx, log: TenantId, { entryId, body }: Waiting): Promise<boolean> {
  const waiting = await waitingBody(trx, log, entryId);
  if (waiting !== undefined) return waiting.equals(body);
  const leaf = await leafByEntry(trx, log, entryId);
  return leaf !== undefined && isSameEntry(body, leaf.body);
}

function toReceipt(log: TenantId, entryId: EntryId, leaf: SequencedLeaf | undefined): Receipt {
  if (leaf === undefined) return { status: 'PENDING', log, entryId };
  return { status: 'SEQUENCED', log, entryId, seq: leaf.seq, leafHash: leaf.hash.toString('hex') };
}
