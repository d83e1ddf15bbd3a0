import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../storage/index.ts';
import { LedgerError } from './errors.ts';
import { Frontier } from './frontier.ts';
import { searchable } from './searchable.ts';
import type { Tile } from './tiles.ts';

export type Head = { readonly frontier: Frontier; readonly lastHash: Buffer | null };
export type SequencedLeaf = { readonly seq: number; readonly entryId: string; readonly body: Buffer; readonly hash: Buffer };

/** An entry that is to get its place. */
export type Waiting = { readonly entryId: string; readonly body: Buffer; readonly subjects: readonly string[] };
/** One that waits in the outbox. */
export type OutboxRow = Waiting & {
  readonly position: bigint;
  readonly seal: Buffer;
  /** The leaf that has this entry's id already, if there is one. */
  readonly placed: SequencedLeaf | null;
};
/** A row that cannot be sequenced, and why. */
export type Refused = OutboxRow & { readonly reason: 'seal' | 'conflict' };

/** The log's head, locked until the transaction ends: one sequencer at a time. Made on first use. */
export async function lockHead(trx: Trx, log: string): Promise<Head> {
  const found = await trx
    .selectFrom('ledger_head')
    .select(['size', 'last_hash', 'frontier'])
    .where('tenant', '=', log)
    .forUpdate()
    .executeTakeFirst();
  if (found !== undefined) return { frontier: Frontier.decode(Number(found.size), found.frontier), lastHash: found.last_hash };
  const empty = Frontier.empty();
  await trx
    .insertInto('ledger_head')
    .values({ tenant: log, size: 0n, root: empty.root(), last_hash: null, frontier: empty.encode() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return lockHead(trx, log);
}

/** Puts an entry into the outbox; false when its id is there already, in the outbox or in the log. */
export async function enqueue(trx: Trx, log: string, entry: Waiting, seal: Buffer): Promise<boolean> {
  const added = await sql`
    insert into ledger_outbox (tenant, entry_id, body, subjects, seal)
    select ${log}, ${entry.entryId}, ${entry.body}::bytea, ${[...entry.subjects]}::text[], ${seal}::bytea
    where not exists (select from ledger_leaf where tenant = ${log} and entry_id = ${entry.entryId})
    on conflict (tenant, entry_id) do nothing
    returning 1`.execute(trx);
  return added.rows.length > 0;
}

type OutboxRecord = {
  position: bigint;
  entry_id: string;
  body: Buffer;
  subjects: string[];
  seal: Buffer;
  seq: bigint | null;
  leaf: Buffer | null;
  hash: Buffer | null;
};

/**
 * How many bytes of bodies a batch takes at most, but for the last entry: what a gateway does with them between two statements has to end
 * long before the server takes it for frozen, or the same batch fails for ever.
 */
const BATCH_BYTES = 4 * 2 ** 20;

/** Whether a batch took all that it may, so that more may wait. */
export function isFullBatch(rows: readonly OutboxRow[], limit: number): boolean {
  return rows.length === limit || rows.reduce((bytes, { body }) => bytes + body.length, 0) >= BATCH_BYTES;
}

/** What waits, oldest first and as much as a batch takes, of the rows whose seals can be judged here. */
export async function readOutbox(trx: Trx, log: string, sealIds: readonly Buffer[], limit: number): Promise<OutboxRow[]> {
  const { rows } = await sql<OutboxRecord>`
    select o.position, o.entry_id, o.body, o.subjects, o.seal, l.seq, l.body as leaf, l.hash
    from (
      select position, entry_id, body, subjects, seal, sum(octet_length(body)) over (order by position) - octet_length(body) as bytes_before
      from (
        select position, entry_id, body, subjects, seal from ledger_outbox
        where tenant = ${log} and substr(seal, 1, 4) = any(${[...sealIds]}::bytea[])
        order by position limit ${limit}
      ) w
    ) o left join lateral (
      ${leafOfEntry(sql`o.entry_id`, log)}
    ) l on true
    where o.bytes_before < ${BATCH_BYTES}
    order by o.position`.execute(trx);
  return rows.map(({ entry_id: entryId, seq, leaf, hash, ...row }) => ({
    ...row,
    entryId,
    placed: seq === null || leaf === null || hash === null ? null : { seq: Number(seq), entryId, body: leaf, hash },
  }));
}

/** All that a batch changes. */
export type Writes = {
  readonly leaves: readonly SequencedLeaf[];
  readonly subjects: readonly { readonly subject: string; readonly seq: number }[];
  readonly tiles: readonly Tile[];
  readonly head: Head;
  readonly refused: readonly Refused[];
  /** Rows of the outbox that are done with. */
  readonly drained: readonly bigint[];
};

/** One statement whatever the batch: one way to the server and back, and arrays are unnested, so the parameter limit never bounds it. */
export async function writeBatch(trx: Trx, log: string, batch: Writes): Promise<void> {
  await sql`
    with leaves as (${insertLeaves(log, batch.leaves)}), subjects as (${insertSubjects(log, batch.subjects)}),
      tiles as (${upsertTiles(log, batch.tiles)}), head as (${updateHead(log, batch.head)}),
      refused as (${insertQuarantine(log, batch.refused)})
    delete from ledger_outbox
    where tenant = ${log} and position = any(${batch.drained.map(String)}::bigint[])`.execute(trx);
}

/** Puts leaves back where they were. */
export async function restoreLeaves(trx: Trx, log: string, leaves: readonly SequencedLeaf[]): Promise<void> {
  await insertLeaves(log, leaves).execute(trx);
}

function insertLeaves(log: string, leaves: readonly SequencedLeaf[]): RawBuilder<unknown> {
  const found = leaves.map((leaf) => searchable(JSON.parse(leaf.body.toString('utf8'))));
  return sql`
    insert into ledger_leaf (tenant, seq, entry_id, body, hash, type, actor, result, rule, at)
    select ${log}, * from unnest(
      ${leaves.map((leaf) => String(leaf.seq))}::bigint[], ${leaves.map((leaf) => leaf.entryId)}::text[],
      ${leaves.map((leaf) => leaf.body)}::bytea[], ${leaves.map((leaf) => leaf.hash)}::bytea[],
      ${found.map(({ type }) => type)}::text[], ${found.map(({ actor }) => actor)}::text[], ${found.map(({ result }) => result)}::text[],
      ${found.map(({ rule }) => rule)}::text[], ${found.map(({ at }) => at)}::timestamptz[])`;
}

function insertSubjects(log: string, rows: Writes['subjects']): RawBuilder<unknown> {
  return sql`
    insert into ledger_subject (tenant, subject, seq)
    select ${log}, * from unnest(${rows.map((row) => row.subject)}::text[], ${rows.map((row) => String(row.seq))}::bigint[])`;
}

function upsertTiles(log: string, tiles: readonly Tile[]): RawBuilder<unknown> {
  return sql`
    insert into ledger_tile (tenant, level, index, hashes)
    select ${log}, * from unnest(
      ${tiles.map((tile) => tile.level)}::smallint[], ${tiles.map((tile) => String(tile.index))}::bigint[],
      ${tiles.map((tile) => tile.hashes)}::bytea[])
    on conflict (tenant, level, index) do update set hashes = excluded.hashes`;
}

function updateHead(log: string, { frontier, lastHash }: Head): RawBuilder<unknown> {
  return sql`
    update ledger_head
    set size = ${String(frontier.size)}::bigint, root = ${frontier.root()}::bytea, last_hash = ${lastHash}::bytea,
      frontier = ${frontier.encode()}::bytea
    where tenant = ${log}`;
}

function insertQuarantine(log: string, rows: readonly Refused[]): RawBuilder<unknown> {
  return sql`
    insert into ledger_quarantine (tenant, position, entry_id, body, seal, reason)
    select ${log}, * from unnest(
      ${rows.map((row) => String(row.position))}::bigint[], ${rows.map((row) => row.entryId)}::text[],
      ${rows.map((row) => row.body)}::bytea[], ${rows.map((row) => row.seal)}::bytea[], ${rows.map((row) => row.reason)}::text[])`;
}

/**
 * A leaf by its entry's id. Asked as the first of a range in order, which only the index by entry ids can answer: these plans are kept
 * while the table grows, and one that was made for a few rows would otherwise filter the whole log.
 */
function leafOfEntry(entryId: RawBuilder<unknown>, log: string): RawBuilder<unknown> {
  return sql`
    select seq, entry_id, body, hash from ledger_leaf
    where tenant = ${log} and entry_id >= ${entryId} and entry_id <= ${entryId} order by entry_id limit 1`;
}

/** The leaves that have one of these entry ids. */
export async function leavesByEntry(trx: Trx, log: string, entryIds: readonly string[]): Promise<SequencedLeaf[]> {
  const { rows } = await sql<LeafRow>`
    select l.seq, l.entry_id, l.body, l.hash from unnest(${[...entryIds]}::text[]) as wanted (entry_id)
    cross join lateral (
      ${leafOfEntry(sql`wanted.entry_id`, log)}
    ) l`.execute(trx);
  return rows.map(toLeaf);
}

export async function readTile(trx: Trx, log: string, level: number, index: number): Promise<Buffer> {
  const row = await trx
    .selectFrom('ledger_tile')
    .select('hashes')
    .where('tenant', '=', log)
    .where('level', '=', level)
    .where('index', '=', BigInt(index))
    .executeTakeFirst();
  if (row !== undefined) return row.hashes;
  throw new LedgerError('ledger.inconsistent', `log \`${log}\` has no tile ${index} of level ${level}`, {
    remedy: 'somebody removed it: `countersign ledger verify --database` tells what else is wrong; docs/ledger-faults.md says how to go on',
  });
}

/** Size and root of a log as they are committed; undefined before its first entry. */
export async function readHead(trx: Trx, log: string): Promise<{ size: number; root: Buffer } | undefined> {
  const row = await trx.selectFrom('ledger_head').select(['size', 'root']).where('tenant', '=', log).executeTakeFirst();
  return row === undefined ? undefined : { size: Number(row.size), root: row.root };
}

/** Whose signature counts for a log and what they signed last. */
export type Signed = { readonly verifierKey: string; readonly size: number };

/** The signers' row, locked until the transaction ends: checkpoints only ever grow. `first` is what it says when it is new. */
export async function lockSigning(trx: Trx, log: string, first: Signed): Promise<Signed> {
  const row = await trx.selectFrom('ledger_signing').selectAll().where('tenant', '=', log).forUpdate().executeTakeFirst();
  if (row !== undefined) return { verifierKey: row.verifier_key, size: Number(row.size) };
  await trx
    .insertInto('ledger_signing')
    .values({ tenant: log, verifier_key: first.verifierKey, size: BigInt(first.size) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return lockSigning(trx, log, first);
}

export async function keepCheckpoint(trx: Trx, log: string, signed: Signed, note: string): Promise<void> {
  const size = BigInt(signed.size);
  await trx
    .insertInto('ledger_checkpoint')
    .values({ tenant: log, size, note })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await trx.updateTable('ledger_signing').set({ verifier_key: signed.verifierKey, size }).where('tenant', '=', log).execute();
}

export async function keepRotation(trx: Trx, log: string, size: number, note: string): Promise<void> {
  await trx
    .insertInto('ledger_rotation')
    .values({ tenant: log, size: BigInt(size), note })
    .execute();
}

/** The notes that hand a log over from key to key, oldest first. */
export async function rotationNotes(trx: Trx, log: string): Promise<string[]> {
  const rows = await trx.selectFrom('ledger_rotation').select('note').where('tenant', '=', log).orderBy('size').execute();
  return rows.map(({ note }) => note);
}

export async function latestCheckpoint(trx: Trx, log: string): Promise<{ size: number; note: string } | undefined> {
  const row = await trx
    .selectFrom('ledger_checkpoint')
    .selectAll()
    .where('tenant', '=', log)
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : { size: Number(row.size), note: row.note };
}

/** True when a checkpoint of the log was ever signed under an origin. */
export async function hasCheckpointOf(trx: Trx, log: string, origin: string): Promise<boolean> {
  const { rows } = await sql`
    select from ledger_checkpoint where tenant = ${log} and starts_with(note, ${`${origin}\n`}) limit 1`.execute(trx);
  return rows.length > 0;
}

/** A leaf of the tree by its entry's id; one that somebody put beyond the tree's end is none. */
export async function leafByEntry(trx: Trx, log: string, entryId: string): Promise<SequencedLeaf | undefined> {
  const row = await trx
    .selectFrom('ledger_leaf as l')
    .innerJoin('ledger_head as h', (join) => join.onRef('h.tenant', '=', 'l.tenant').onRef('h.size', '>', 'l.seq'))
    .select(['l.seq', 'l.entry_id', 'l.body', 'l.hash'])
    .where('l.tenant', '=', log)
    .where('l.entry_id', '=', entryId)
    .executeTakeFirst();
  return row === undefined ? undefined : toLeaf(row);
}

/** True while a committed entry has not got its place. */
export async function isWaiting(trx: Trx, log: string, entryId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('ledger_outbox')
    .select('position')
    .where('tenant', '=', log)
    .where('entry_id', '=', entryId)
    .executeTakeFirst();
  return row !== undefined;
}

/** The bytes of an entry that has not got its place yet. */
export async function waitingBody(trx: Trx, log: string, entryId: string): Promise<Buffer | undefined> {
  const row = await trx
    .selectFrom('ledger_outbox')
    .select('body')
    .where('tenant', '=', log)
    .where('entry_id', '=', entryId)
    .executeTakeFirst();
  return row?.body;
}

/** How many entries have their place; 0 for a log that does not exist. */
export async function headSize(trx: Trx, log: string): Promise<number> {
  const row = await trx.selectFrom('ledger_head').select('size').where('tenant', '=', log).executeTakeFirst();
  return Number(row?.size ?? 0n);
}

/** Leaves with `from` <= seq < `to`, in order; fewer than their number says where some are gone. */
export async function leavesBetween(trx: Trx, log: string, from: number, to: number): Promise<SequencedLeaf[]> {
  const rows = await trx
    .selectFrom('ledger_leaf')
    .selectAll()
    .where('tenant', '=', log)
    .where('seq', '>=', BigInt(from))
    .where('seq', '<', BigInt(to))
    .orderBy('seq')
    .execute();
  return rows.map(toLeaf);
}

/** Leaves of a type from seq `from` on, in order. */
export async function leavesOfType(trx: Trx, log: string, type: string, from: number): Promise<SequencedLeaf[]> {
  const rows = await trx
    .selectFrom('ledger_leaf')
    .selectAll()
    .where('tenant', '=', log)
    .where('type', '=', type)
    .where('seq', '>=', BigInt(from))
    .orderBy('seq')
    .execute();
  return rows.map(toLeaf);
}

/** A subject's leaves in order, after `after`. */
export async function leavesOf(trx: Trx, log: string, subject: string, after: number, limit: number): Promise<SequencedLeaf[]> {
  const rows = await trx
    .selectFrom('ledger_subject as s')
    .innerJoin('ledger_leaf as l', (join) => join.onRef('l.tenant', '=', 's.tenant').onRef('l.seq', '=', 's.seq'))
    .selectAll('l')
    .where('s.tenant', '=', log)
    .where('s.subject', '=', subject)
    .where('s.seq', '>', BigInt(after))
    .orderBy('s.seq')
    .limit(limit)
    .execute();
  return rows.map(toLeaf);
}

type LeafRow = { seq: bigint; entry_id: string; body: Buffer; hash: Buffer };

function toLeaf(row: LeafRow): SequencedLeaf {
  return { seq: Number(row.seq), entryId: row.entry_id, body: row.body, hash: row.hash };
}
