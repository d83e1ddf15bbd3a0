import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../../storage/index.ts';
import type { EntryFilter, SeqRange } from './filter.ts';

/** What is left to look for, and where. */
export type Narrowed = { readonly filter: EntryFilter; readonly range: SeqRange };

/**
 * Entries come in the order of their moments but for clocks that differ, so a time range is nearly always a stretch of the log: when the
 * entries of a time range are all those between its first and its last one, the range replaces the moments, and all that is
 * asked for beside is answered in order. Otherwise the moments stay, within that stretch. Reads the index of moments only, and of it only
 * the range; none of it when the bounds exclude nothing.
 */
export async function narrowByTime(trx: Trx, log: string, filter: EntryFilter, range: SeqRange): Promise<Narrowed> {
  const timed = await withoutIdleBounds(trx, log, filter);
  if (timed.from === undefined && timed.until === undefined) return { filter: timed, range };
  const { n, first, last } = await envelopeOf(trx, log, timed, range);
  if (first === null || last === null) return { filter: timed, range: { from: range.from, to: range.from } };
  const narrowed = { from: Number(first), to: Number(last) + 1 };
  const isStretch = Number(n) === narrowed.to - narrowed.from;
  return { filter: isStretch ? { ...timed, from: undefined, until: undefined } : timed, range: narrowed };
}

/** The moments of an entry `alias`, within the bounds that are given. */
export function isWithin(alias: string, { from, until }: EntryFilter): RawBuilder<unknown> {
  const at = sql.ref(`${alias}.at`);
  const bounds = [from && sql`${at} >= ${textOf(from)}`, until && sql`${at} < ${textOf(until)}`];
  return sql.join(
    bounds.filter((bound) => bound !== undefined),
    sql` and `,
  );
}

const [earliest, latest] = [new Date('0001-01-01T00:00:00.000Z'), new Date('9999-12-31T23:59:59.999Z')];

/** Moments that PostgreSQL does not read as ECMAScript writes them are beyond every entry's. */
function textOf(moment: Date): string {
  return (moment < earliest ? earliest : moment > latest ? latest : moment).toISOString();
}

/** A bound before the first moment or after the last one excludes nothing, unless an entry has none at all. */
async function withoutIdleBounds(trx: Trx, log: string, filter: EntryFilter): Promise<EntryFilter> {
  const { from, until } = filter;
  if (from === undefined && until === undefined) return filter;
  const { rows } = await sql<{ earliest: Date | null; latest: Date | null; timeless: boolean }>`
    select (select min(at) from ledger_leaf where tenant = ${log}) as earliest, (select max(at) from ledger_leaf where tenant = ${log}) as latest,
      exists (select from ledger_leaf where tenant = ${log} and at is null) as timeless`.execute(trx);
  const [known] = rows;
  if (known === undefined || known.timeless || known.earliest === null || known.latest === null) return filter;
  return {
    ...filter,
    from: from !== undefined && from <= known.earliest ? undefined : from,
    until: until !== undefined && until > known.latest ? undefined : until,
  };
}

type Envelope = { readonly n: bigint; readonly first: bigint | null; readonly last: bigint | null };

async function envelopeOf(trx: Trx, log: string, filter: EntryFilter, { from, to }: SeqRange): Promise<Envelope> {
  const { rows } = await sql<Envelope>`
    select count(*) as n, min(seq) as first, max(seq) as last from ledger_leaf l
    where tenant = ${log} and seq >= ${String(from)} and seq < ${String(to)} and ${isWithin('l', filter)}`.execute(trx);
  return rows[0] ?? { n: 0n, first: null, last: null };
}
