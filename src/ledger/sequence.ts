import { canonicalBytes, digestOf, type EntryId, isJsonObject, type Json, newId, parseCanonical, type TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import { LedgerError } from './errors.ts';
import type { LedgerKey } from './keys.ts';
import { type Entry, entryBytes, leafBytes, leafHash } from './leaf.ts';
import type { Patience } from './lock-logs.ts';
import { sealedRow } from './seal.ts';
import {
  type Head,
  type HeldHead,
  isFullOfBytes,
  leavesByEntry,
  makeHead,
  type OutboxRow,
  type Refused,
  readOutbox,
  takeHeads,
  type Writes,
  writeBatch,
} from './sequencing-store.ts';
import { noTile, readTile, type SequencedLeaf, type Waiting } from './store.ts';
import { appendToTiles } from './tiles.ts';

/** What a batch did in a log: the place of each entry that it met, by id, whether it placed it or found it placed. */
export type Batch = {
  readonly placed: ReadonlyMap<string, SequencedLeaf>;
  /** Ids that came with different contents: the first of them has the place. */
  readonly conflicts: ReadonlySet<string>;
  /** Committed entries that had been altered, or whose id was taken. */
  readonly refused: readonly Refused[];
  /** How many rows of the outbox it took. */
  readonly drained: number;
  /** True when the outbox may hold more. */
  readonly more: boolean;
};

export type BatchOptions = {
  readonly key: LedgerKey;
  /** Rows of outboxes that it takes, of all logs together. */
  readonly limit: number;
  readonly now: Date;
};

/** A log that is to be sequenced, and the entries of it that do not come through its outbox. */
export type Ask = { readonly log: TenantId; readonly direct: readonly Waiting[] };

/**
 * Gives places to what waits of one log: up to `limit` entries of its outbox and all that come directly, in one transaction: all of it or
 * nothing. The head's row lock makes sequencers queue, so that seq is dense and prev is right however many processes try.
 *
 * The same entry again (a retry after a lost answer) keeps its first place. Another one under a used id, or a row whose seal is
 * broken, goes to quarantine, and an entry of the log says so: nothing that was committed disappears silently.
 */
export async function sequenceAlone(trx: Trx, ask: Ask, options: BatchOptions): Promise<Batch> {
  await makeHead(trx, ask.log);
  const [only] = await take(trx, [ask], options, 'wait');
  if (only === undefined) throw new LedgerError('ledger.inconsistent', `log \`${ask.log}\` has no head`);
  const { batch, writes } = await sequence(trx, only, options);
  await writeBatch(trx, [writes]);
  return batch;
}

/**
 * The same of many logs in one transaction, which costs little more than one. Those that would hold up or spoil the others are left out of
 * the answer, to be sequenced alone: the ones that are new, locked by somebody else, or damaged.
 */
export async function sequenceTogether(trx: Trx, asks: readonly Ask[], options: BatchOptions): Promise<ReadonlyMap<TenantId, Batch>> {
  const work = await take(trx, asks, options, 'skip');
  const done = await Promise.allSettled(work.map((one) => sequence(trx, one, options)));
  const whole = done.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  await writeBatch(
    trx,
    whole.map(({ writes }) => writes),
  );
  return new Map(whole.map(({ log, batch }) => [log, batch]));
}

/** A log with its head in our hand, and all that is known of what is to get a place. */
type Work = {
  readonly log: TenantId;
  readonly head: HeldHead;
  readonly rows: readonly OutboxRow[];
  readonly direct: readonly Waiting[];
  /** Leaves that have the ids of those that come directly. */
  readonly known: readonly SequencedLeaf[];
  readonly more: boolean;
};

async function take(trx: Trx, asks: readonly Ask[], { key, limit }: BatchOptions, patience: Patience): Promise<Work[]> {
  const direct = asks.flatMap((one) => one.direct.map(({ entryId }) => ({ log: one.log, entryId })));
  const heads = await takeHeads(
    trx,
    asks.map(({ log }) => log),
    direct,
    patience,
  );
  const waiting = [...heads].filter(([, head]) => head.waiting).map(([log]) => log);
  const share = Math.ceil(limit / Math.max(waiting.length, 1));
  const rows = waiting.length === 0 ? [] : await readOutbox(trx, waiting, key.sealIds, share);
  const known = [...heads.values()].some(({ repeated }) => repeated) ? await leavesByEntry(trx, direct) : [];
  const [rowsOf, knownOf, full] = [Map.groupBy(rows, ({ log }) => log), Map.groupBy(known, ({ log }) => log), isFullOfBytes(rows)];
  return asks.flatMap(({ log, direct: own }) => {
    const head = heads.get(log);
    const mine = rowsOf.get(log) ?? [];
    return head === undefined
      ? []
      : [inTree({ log, head, rows: mine, direct: own, known: knownOf.get(log) ?? [], more: full || mine.length === share })];
  });
}

/**
 * With only those leaves that the tree holds. One that somebody put beyond its end is no place: its entry is to get one of its own, and
 * the server refuses that because of this leaf, so that it is told.
 */
function inTree(work: Work): Work {
  const isInTree = ({ seq }: SequencedLeaf): boolean => seq < work.head.frontier.size;
  const rows = work.rows.map((row) => (row.placed === null || isInTree(row.placed) ? row : { ...row, placed: null }));
  return { ...work, rows, known: work.known.filter(isInTree) };
}

type Sequenced = { readonly log: TenantId; readonly batch: Batch; readonly writes: Writes };

async function sequence(trx: Trx, work: Work, options: BatchOptions): Promise<Sequenced> {
  const { log, rows } = work;
  const { placed, conflicts, refused, fresh } = sortOut(work, options.key);
  const writes = await place(trx, work, [...fresh, ...refused.map((row) => refusalNotice(log, row, options.now))], refused);
  const leaves = new Map([...placed, ...writes.leaves].map((leaf) => [leaf.entryId, leaf]));
  return { log, batch: { placed: leaves, conflicts, refused, drained: rows.length, more: work.more }, writes };
}

type Sorted = {
  readonly fresh: readonly Waiting[];
  readonly placed: readonly SequencedLeaf[];
  readonly conflicts: ReadonlySet<string>;
  readonly refused: readonly Refused[];
};

function sortOut({ log, rows, direct, known }: Work, key: LedgerKey): Sorted {
  const judged = rows.map((row) => ({ row, fate: judge(log, row, key) }));
  const fresh = new Map<string, Waiting>(judged.filter(({ fate }) => fate === 'fresh').map(({ row }) => [row.entryId, row]));
  const placed = new Map(known.map((leaf) => [leaf.entryId, leaf]));
  for (const { row, fate } of judged) if (fate === 'placed' && row.placed !== null) placed.set(row.entryId, row.placed);
  const conflicts = new Set<string>();
  for (const entry of direct) {
    const leaf = placed.get(entry.entryId);
    const before = fresh.get(entry.entryId);
    if (leaf === undefined && before === undefined) fresh.set(entry.entryId, entry);
    else if (!(leaf === undefined ? before?.body.equals(entry.body) : isSameEntry(entry.body, leaf.body))) conflicts.add(entry.entryId);
  }
  const refused = judged.flatMap(({ row, fate }) => (fate === 'seal' || fate === 'conflict' ? [{ ...row, reason: fate }] : []));
  return { fresh: [...fresh.values()], placed: [...placed.values()], conflicts, refused };
}

/** What becomes of a row of the outbox: a place, the place it has, or quarantine. */
function judge(log: string, row: OutboxRow, key: LedgerKey): 'fresh' | 'placed' | 'seal' | 'conflict' {
  if (key.checkSeal(sealedRow(log, row.entryId, row.body, row.subjects), row.seal) !== 'whole') return 'seal';
  if (row.placed === null) return 'fresh';
  return isSameEntry(row.body, row.placed.body) ? 'placed' : 'conflict';
}

/** Whether a leaf is an entry that was given its place: what the place added is left out of the comparison. */
export function isSameEntry(entry: Buffer, leaf: Buffer): boolean {
  const content = parseCanonical(leaf);
  if (!isJsonObject(content)) return false;
  const { v: _v, log: _log, seq: _seq, prev: _prev, ...rest } = content;
  return canonicalBytes(rest).equals(entry);
}

async function place(trx: Trx, { log, head, rows }: Work, fresh: readonly Waiting[], refused: readonly Refused[]): Promise<Writes> {
  const before = head.frontier.size;
  const leaves = placeAll(log, head, fresh);
  const hashes = leaves.map((leaf) => leaf.hash);
  const tiles = await appendToTiles(before, hashes, async (level, index) => {
    if (level > 0) return readTile(trx, log, level, index);
    if (head.edge === null) throw noTile(log, level, index);
    assertLast(log, head, head.edge);
    return head.edge;
  });
  for (const hash of hashes) head.frontier.append(hash);
  return {
    log,
    leaves,
    subjects: fresh.flatMap(({ subjects }, offset) => [...new Set(subjects)].map((subject) => ({ subject, seq: before + offset }))),
    tiles,
    head: { frontier: head.frontier, lastHash: hashes.at(-1) ?? head.lastHash },
    refused,
    drained: rows.map(({ at }) => at),
  };
}

/** What the next entry is chained to is what the tree ends with: an altered head would be signed as it is. */
function assertLast(log: string, { lastHash }: Head, edge: Buffer): void {
  if (lastHash !== null && edge.subarray(-lastHash.length).equals(lastHash)) return;
  throw new LedgerError('ledger.inconsistent', `log \`${log}\` takes no entries: the last hash in its head is not that of its tree`, {
    remedy: 'somebody altered the head row: `countersign ledger verify --database`; docs/ledger-faults.md says how to go on',
  });
}

function placeAll(log: string, head: Head, fresh: readonly Waiting[]): SequencedLeaf[] {
  let prev = head.lastHash;
  return fresh.map((entry, offset) => {
    const seq = head.frontier.size + offset;
    const body = leafBytes(entry.body, { log, seq, prev, entryId: entry.entryId });
    const hash = leafHash(body);
    prev = hash;
    return { seq, entryId: entry.entryId, body, hash };
  });
}

/** How the log names what it had to refuse. The content stays in quarantine: it may be a forger's. */
function refusalNotice(log: string, row: Refused, now: Date): Waiting {
  const data: { readonly [field: string]: Json } = { entryId: row.entryId, digest: digestOf(row.body), reason: row.reason };
  return ledgerNotice(log, { type: 'ledger.entry_refused', data, now });
}

type Notice = {
  readonly type: string;
  readonly data: Entry['data'];
  readonly now: Date;
  readonly id?: EntryId;
  /** The log that it is about; default: the one it stands in. */
  readonly about?: string;
};

/** An entry of the ledger's own. */
export function ledgerNotice(log: string, { type, data, now, id = newId('entry', now), about = log }: Notice): Waiting {
  const subject = `ledger:${about}`;
  const entry: Entry = { id, ts: now.toISOString(), type, subject, actor: { id: 'system:ledger', kind: 'system' }, data };
  return { entryId: id, body: entryBytes(entry), subjects: [subject] };
}

/** The error for an entry id that stands for something else. */
export function conflictOf(log: string, entryId: string): LedgerError {
  return new LedgerError('ledger.conflict', `entry \`${entryId}\` of log \`${log}\` has another content already`, {
    remedy: 'repeat an entry only as it was; give a new one a new id',
  });
}
