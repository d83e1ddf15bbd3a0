import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../../storage/index.ts';
import { headSize, type SequencedLeaf } from '../store.ts';
import type { EntryFilter, SeqRange } from './filter.ts';
import { conditions, matches } from './matches.ts';

/**
 * Lets PostgreSQL 18 join a table with itself where we say so: it would make several conditions on one entry one reference to its row
 * again, and read every row that meets the first of them. For this transaction; older versions know nothing to turn off.
 */
export async function allowSelfJoins(trx: Trx, filter: EntryFilter): Promise<void> {
  if (conditions(filter) < 2) return;
  await sql`select set_config(name, 'off', true) from pg_settings where name = 'enable_self_join_elimination'`.execute(trx);
}

/** How many entries match. Without a condition no entry is read: places are dense. */
export async function countMatches(trx: Trx, log: string, filter: EntryFilter, range: SeqRange): Promise<number> {
  if (range.to <= range.from) return 0;
  if (conditions(filter) === 0) return range.to - range.from;
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from (${matches(log, filter, range)}) m`.execute(trx);
  return Number(rows[0]?.n ?? 0n);
}

/** The first `limit` of what matches, in that order. */
export async function readMatches(
  trx: Trx,
  log: string,
  filter: EntryFilter,
  range: SeqRange,
  page: { readonly limit: number; readonly newestFirst: boolean },
): Promise<SequencedLeaf[]> {
  if (range.to <= range.from) return [];
  const { rows } = await pageOf(log, filter, range, page).execute(trx);
  return rows.map((row) => ({ seq: Number(row.seq), entryId: row.entry_id, body: row.body, hash: row.hash }));
}

type Row = { seq: bigint; entry_id: string; body: Buffer; hash: Buffer };

/** The statement of a page. */
export function pageOf(
  log: string,
  filter: EntryFilter,
  range: SeqRange,
  { limit, newestFirst }: { readonly limit: number; readonly newestFirst: boolean },
): RawBuilder<Row> {
  const direction = newestFirst ? sql`desc` : sql`asc`;
  return sql<Row>`
    select l.seq, l.entry_id, l.body, l.hash
    from (${matches(log, filter, range)} order by c0.seq ${direction} limit ${limit}) m
    join ledger_leaf l on l.tenant = ${log} and l.seq = m.seq
    order by l.seq ${direction}`;
}

/** How long a log is, and up to where its entries are stored away. */
export type Extent = { readonly size: number; readonly archivedBefore: number };

export async function extentOf(trx: Trx, log: string): Promise<Extent> {
  const size = await headSize(trx, log);
  return { size, archivedBefore: await archivedBefore(trx, log) };
}

/** Entries of a lower seq are stored away; 0 where none are. */
export async function archivedBefore(trx: Trx, log: string): Promise<number> {
  const row = await trx
    .selectFrom('ledger_archive')
    .select((select) => select.fn.max('until').as('until'))
    .where('tenant', '=', log)
    .executeTakeFirst();
  return Number(row?.until ?? 0n);
}
