import { canonicalBytes, digestOf, type EntryId, isJsonObject, type Json, newId, parseCanonical } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import { LedgerError } from './errors.ts';
import type { LedgerKey } from './keys.ts';
import { type Entry, entryBytes, leafBytes, leafHash } from './leaf.ts';
import { sealedRow } from './seal.ts';
import {
  type Head,
  isFullBatch,
  leavesByEntry,
  lockHead,
  type OutboxRow,
  type Refused,
  readOutbox,
  readTile,
  type SequencedLeaf,
  type Waiting,
  writeBatch,
} from './store.ts';
import { appendToTiles } from './tiles.ts';

/** What a batch did: the place of each entry that it met, by id, whether it placed it or found it placed. */
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
  readonly size: number;
};

export type BatchOptions = {
  readonly key: LedgerKey;
  readonly limit: number;
  readonly now: Date;
};

/**
 * Gives places to up to `limit` entries of a log's outbox and to all of `takeDirect`, in one transaction: all of it or nothing. The
 * head's row lock makes sequencers queue, so that seq is dense and prev is right however many processes try.
 *
 * The same entry again (a retry after a lost answer) keeps its first place. Another one under a used id, or a row whose seal is
 * broken, goes to quarantine, and an entry of the log says so: nothing that was committed disappears silently.
 */
export async function sequenceBatch(
  trx: Trx,
  log: string,
  options: BatchOptions,
  takeDirect: () => readonly Waiting[] = () => [],
): Promise<Batch> {
  const head = await lockHead(trx, log);
  const rows = await readOutbox(trx, log, options.key.sealIds, options.limit);
  const direct = takeDirect(); // as late as that: who came while we waited for the lock comes along
  const known =
    direct.length === 0
      ? []
      : await leavesByEntry(
          trx,
          log,
          direct.map(({ entryId }) => entryId),
        );
  const sorted = sortOut(log, rows, direct, known, options.key);
  const notices = sorted.refused.map((row) => refusalNotice(log, row, options.now));
  const size = await writeAll(trx, log, head, { ...sorted, fresh: [...sorted.fresh, ...notices] }, rows);
  const placed = new Map([...sorted.placed, ...size.leaves].map((leaf) => [leaf.entryId, leaf]));
  const { conflicts, refused } = sorted;
  return { placed, conflicts, refused, drained: rows.length, more: isFullBatch(rows, options.limit), size: size.size };
}

type Sorted = {
  readonly fresh: readonly Waiting[];
  readonly placed: readonly SequencedLeaf[];
  readonly conflicts: ReadonlySet<string>;
  readonly refused: readonly Refused[];
};

function sortOut(
  log: string,
  rows: readonly OutboxRow[],
  direct: readonly Waiting[],
  known: readonly SequencedLeaf[],
  key: LedgerKey,
): Sorted {
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

async function writeAll(
  trx: Trx,
  log: string,
  head: Head,
  { fresh, refused }: Sorted,
  rows: readonly OutboxRow[],
): Promise<{ leaves: readonly SequencedLeaf[]; size: number }> {
  const before = head.frontier.size;
  if (fresh.length === 0 && rows.length === 0) return { leaves: [], size: before };
  const leaves = placeAll(log, head, fresh);
  const hashes = leaves.map((leaf) => leaf.hash);
  const tiles = await appendToTiles(before, hashes, async (level, index) => {
    const edge = await readTile(trx, log, level, index);
    if (level === 0) assertLast(log, head, edge);
    return edge;
  });
  for (const hash of hashes) head.frontier.append(hash);
  await writeBatch(trx, log, {
    leaves,
    subjects: fresh.flatMap(({ subjects }, offset) => [...new Set(subjects)].map((subject) => ({ subject, seq: before + offset }))),
    tiles,
    head: { frontier: head.frontier, lastHash: hashes.at(-1) ?? head.lastHash },
    refused,
    drained: rows.map(({ position }) => position),
  });
  return { leaves, size: head.frontier.size };
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
