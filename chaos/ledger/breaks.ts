import type pg from 'pg';
import type { TenantId } from '../../src/core/index.ts';

export const breaks = ['lose-acks', 'duplicate', 'tear', 'rewrite', 'shrink'] as const;
export type Break = (typeof breaks)[number];

export const isBreak = (name: string): name is Break => breaks.some((known) => known === name);

/** What each does to a log, as a superuser may. `$1` is the log. */
const damage: Record<Exclude<Break, 'duplicate'>, string> = {
  'lose-acks': `with last as (select tenant, entry_id from ledger_leaf where tenant = $1 order by seq desc limit 1),
      effect as (delete from chaos_effect f using last where (f.tenant, f.entry_id) = (last.tenant, last.entry_id))
    delete from ledger_leaf l using last where (l.tenant, l.entry_id) = (last.tenant, last.entry_id)`,
  tear: 'delete from chaos_effect where tenant = $1 and entry_id = (select min(entry_id) from chaos_effect where tenant = $1)',
  rewrite: `update ledger_leaf set body = convert_to(replace(convert_from(body, 'utf8'), '"note":""', '"note":"no"'), 'utf8') where tenant = $1 and seq = 3`,
  shrink: 'delete from ledger_checkpoint where tenant = $1 and size = (select max(size) from ledger_checkpoint where tenant = $1)',
};

/**
 * The positive control: damages a log in the transaction of `client`, so that a check in the same transaction must cry. Done by
 * the harness to the database, not by a switch in what is tested.
 */
export async function breakIt(client: pg.Client, kind: Break, log: TenantId): Promise<void> {
  await client.query('set local session_replication_role = replica'); // past triggers
  if (kind === 'duplicate') return duplicate(client, log);
  const { rowCount } = await client.query(damage[kind], [log]);
  if (rowCount !== 1) throw new Error(`\`${kind}\` changed ${rowCount} rows`);
}

/** What no index would let pass: an entry of the log once more, behind the last. */
async function duplicate(client: pg.Client, log: TenantId): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`
    select conname as name from pg_constraint where conrelid = 'ledger_leaf'::regclass and contype = 'u'`);
  for (const { name } of rows) await client.query(`alter table ledger_leaf drop constraint ${name}`);
  await client.query(
    `insert into ledger_leaf (tenant, seq, entry_id, body, hash)
     select tenant, (select max(seq) + 1 from ledger_leaf where tenant = $1), entry_id, body, hash from ledger_leaf where tenant = $1 and seq = 3`,
    [log],
  );
}
