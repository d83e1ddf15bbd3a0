import { sql } from 'kysely';
import type { Trx } from '../storage/index.ts';
import { LedgerError } from './errors.ts';

export type SequencedLeaf = { readonly seq: number; readonly entryId: string; readonly body: Buffer; readonly hash: Buffer };

/** An entry that is to get its place. */
export type Waiting = { readonly entryId: string; readonly body: Buffer; readonly subjects: readonly string[] };
export async function readTile(trx: Trx, log: string, level: number, index: number): Promise<Buffer> {
  const row = await trx
    .selectFrom('ledger_tile')
    .select('hashes')
    .where('tenant', '=', log)
    .where('level', '=', level)
    .where('index', '=', BigInt(index))
    .executeTakeFirst();
  if (row !== undefined) return row.hashes;
  throw noTile(log, level, index);
}

export function noTile(log: string, level: number, index: number): LedgerError {
  return new LedgerError('ledger.inconsistent', `log \`${log}\` has no tile ${index} of level ${level}`, {
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
