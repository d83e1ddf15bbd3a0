import { sql } from 'kysely';
import type { EntryId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import { Frontier } from './frontier.ts';
import { searchable } from './searchable.ts';
import type { Tile } from './tiles.ts';

export type Head = { readonly frontier: Frontier; readonly lastHash: Buffer | null };
export type Waiting = { readonly position: bigint; readonly entryId: string; readonly body: Buffer; readonly subjects: readonly string[] };
export type SequencedLeaf = { readonly seq: number; readonly entryId: string; readonly body: Buffer; readonly hash: Buffer };

/** The log's head, locked until the transaction ends: one sequencer at a time. Made on first use. */
export async function lockHead(trx: Trx, log: string): Promise<Head> {
  const found = await trx.selectFrom('ledger_head').selectAll().where('tenant', '=', log).forUpdate().executeTakeFirst();
  if (found !== undefined) return { frontier: Frontier.decode(Number(found.size), found.frontier), lastHash: found.last_hash };
  const empty = Frontier.empty();
  await trx
    .insertInto('ledger_head')
    .values({ tenant: log, size: 0n, root: empty.root(), last_hash: null, frontier: empty.encode() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return lockHead(trx, log);
}

export async function moveHead(trx: Trx, log: string, frontier: Frontier, lastHash: Buffer): Promise<void> {
  await trx
    .updateTable('ledger_head')
    .set({ size: BigInt(frontier.size), root: frontier.root(), last_hash: lastHash, frontier: frontier.encode() })
    .where('tenant', '=', log)
    .execute();
}

export async function enqueue(trx: Trx, log: string, entryId: EntryId, body: Buffer, subjects: readonly string[]): Promise<void> {
  await trx
    .insertInto('ledger_outbox')
    .values({ tenant: log, entry_id: entryId, body, subjects: [...subjects] })
    .execute();
}

export async function readOutbox(trx: Trx, log: string, limit: number): Promise<Waiting[]> {
  const rows = await trx.selectFrom('ledger_outbox').selectAll().where('tenant', '=', log).orderBy('position').limit(limit).execute();
  return rows.map((row) => ({ position: row.position, entryId: row.entry_id, body: row.body, subjects: row.subjects }));
}

export async function dropFromOutbox(trx: Trx, log: string, positions: readonly bigint[]): Promise<void> {
  await trx
    .deleteFrom('ledger_outbox')
    .where('tenant', '=', log)
    .where('position', '=', sql<bigint>`any(${positions.map(String)}::bigint[])`)
    .execute();
}

/** One statement whatever the batch: arrays are unnested, so the parameter limit never bounds it. */
export async function insertLeaves(trx: Trx, log: string, leaves: readonly SequencedLeaf[]): Promise<void> {
  const found = leaves.map((leaf) => searchable(JSON.parse(leaf.body.toString('utf8'))));
  await sql`
    insert into ledger_leaf (tenant, seq, entry_id, body, hash, type, actor, result, rule, at)
    select ${log}, * from unnest(
      ${leaves.map((leaf) => String(leaf.seq))}::bigint[], ${leaves.map((leaf) => leaf.entryId)}::text[],
      ${leaves.map((leaf) => leaf.body)}::bytea[], ${leaves.map((leaf) => leaf.hash)}::bytea[],
      ${found.map(({ type }) => type)}::text[], ${found.map(({ actor }) => actor)}::text[], ${found.map(({ result }) => result)}::text[],
      ${found.map(({ rule }) => rule)}::text[], ${found.map(({ at }) => at)}::timestamptz[])`.execute(trx);
}

export async function insertSubjects(trx: Trx, log: string, rows: readonly { subject: string; seq: number }[]): Promise<void> {
  await sql`
    insert into ledger_subject (tenant, subject, seq)
    select ${log}, * from unnest(${rows.map((row) => row.subject)}::text[], ${rows.map((row) => String(row.seq))}::bigint[])`.execute(trx);
}

export async function writeTiles(trx: Trx, log: string, tiles: readonly Tile[]): Promise<void> {
  await trx
    .insertInto('ledger_tile')
    .values(tiles.map((tile) => ({ tenant: log, level: tile.level, index: BigInt(tile.index), hashes: tile.hashes })))
    .onConflict((conflict) => conflict.columns(['tenant', 'level', 'index']).doUpdateSet((set) => ({ hashes: set.ref('excluded.hashes') })))
    .execute();
}

export async function readTile(trx: Trx, log: string, level: number, index: number): Promise<Buffer> {
  const row = await trx
    .selectFrom('ledger_tile')
    .select('hashes')
    .where('tenant', '=', log)
    .where('level', '=', level)
    .where('index', '=', BigInt(index))
    .executeTakeFirstOrThrow();
  return row.hashes;
}

/** The size and root to sign, locked: signers queue, so that checkpoints only ever grow. */
export async function lockRoot(trx: Trx, log: string): Promise<{ size: number; root: Buffer } | undefined> {
  const row = await trx.selectFrom('ledger_head').select(['size', 'root']).where('tenant', '=', log).forUpdate().executeTakeFirst();
  return row === undefined ? undefined : { size: Number(row.size), root: row.root };
}

export async function insertCheckpoint(trx: Trx, log: string, size: number, note: string): Promise<void> {
  await trx
    .insertInto('ledger_checkpoint')
    .values({ tenant: log, size: BigInt(size), note })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
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

export async function leafByEntry(trx: Trx, log: string, entryId: string): Promise<SequencedLeaf | undefined> {
  const row = await trx.selectFrom('ledger_leaf').selectAll().where('tenant', '=', log).where('entry_id', '=', entryId).executeTakeFirst();
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

function toLeaf(row: { seq: bigint; entry_id: string; body: Buffer; hash: Buffer }): SequencedLeaf {
  return { seq: Number(row.seq), entryId: row.entry_id, body: row.body, hash: row.hash };
}
