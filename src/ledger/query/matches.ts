import { type RawBuilder, sql } from 'kysely';
import { indexedText } from '../searchable.ts';
import type { EntryFilter, SeqRange } from './filter.ts';
import { isWithin } from './time.ts';

/** One condition: a table that has `tenant` and `seq`, and the index of it that lists the seqs of a value in order. */
type Condition = { readonly table: 'ledger_leaf' | 'ledger_subject'; readonly holds: (alias: string) => RawBuilder<unknown> };

/**
 * `select seq` of what matches in a stretch of a log. Every condition is a reference of its own to the table, joined by seq: PostgreSQL
 * then intersects what it reads out of the indexes alone, where conditions on one reference would make it read the rows of one index to
 * test the others on. Only `=` and `<`, which it may evaluate below row-level security (leakproof).
 */
export function matches(log: string, filter: EntryFilter, range: SeqRange): RawBuilder<{ seq: bigint }> {
  const found = conditionsOf(filter);
  const all = found.length > 0 ? found : [everything];
  const tables = all.map(({ table }, n) =>
    n === 0
      ? sql`${sql.table(table)} as c0`
      : sql`join ${sql.table(table)} as ${sql.ref(`c${n}`)} on ${column(n, 'tenant')} = ${column(0, 'tenant')} and ${column(n, 'seq')} = ${column(0, 'seq')}`,
  );
  const holds = all.map((condition, n) => sql`${inRange(log, n, range)} and ${condition.holds(`c${n}`)}`);
  return sql`select c0.seq from ${sql.join(tables, sql` `)} where ${sql.join(holds, sql` and `)}`;
}

/** How many conditions there are beside the stretch itself. */
export function conditions(filter: EntryFilter): number {
  return conditionsOf(filter).length;
}

function conditionsOf({ subject, actor, type, result, rule, from, until }: EntryFilter): Condition[] {
  const leaf = (name: string, value: string | undefined): Condition[] =>
    value === undefined ? [] : [{ table: 'ledger_leaf', holds: (alias) => sql`${sql.ref(`${alias}.${name}`)} = ${indexedText(value)}` }];
  const timed: Condition[] =
    from === undefined && until === undefined ? [] : [{ table: 'ledger_leaf', holds: (alias) => isWithin(alias, { from, until }) }];
  const about: Condition[] =
    subject === undefined ? [] : [{ table: 'ledger_subject', holds: (alias) => sql`${sql.ref(`${alias}.subject`)} = ${subject}` }];
  return [...about, ...leaf('actor', actor), ...leaf('rule', rule), ...leaf('type', type), ...leaf('result', result), ...timed];
}

const everything: Condition = { table: 'ledger_leaf', holds: () => sql`true` };

/** Said of every reference: each index is entered where the stretch begins. */
function inRange(log: string, n: number, { from, to }: SeqRange): RawBuilder<unknown> {
  const seq = column(n, 'seq');
  return sql`${column(n, 'tenant')} = ${log} and ${seq} >= ${String(from)} and ${seq} < ${String(to)}`;
}

function column(n: number, name: string): RawBuilder<unknown> {
  return sql.ref(`c${n}.${name}`);
}
