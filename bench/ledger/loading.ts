import type pg from 'pg';

/** For the time of a bulk load, and never for a measurement. */
const settings = { max_wal_size: '4GB', checkpoint_timeout: '30min', maintenance_work_mem: '1GB', autovacuum: 'off' };

/** Loads with few checkpoints; then everything is as a gateway has it: settings, statistics, nothing left to write. */
export async function relaxed(owner: pg.Client, load: () => Promise<void>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) await owner.query(`alter system set ${name} = '${value}'`);
  await owner.query('select pg_reload_conf()');
  await load();
  for (const name of Object.keys(settings)) await owner.query(`alter system reset ${name}`);
  await owner.query('select pg_reload_conf()');
  await owner.query('vacuum (analyze) ledger_leaf, ledger_subject, ledger_tile');
  await owner.query('checkpoint');
}

/** Loads with the indexes that keep nothing unique taken away, and makes them anew. */
export async function withoutIndexes(owner: pg.Client, tables: readonly string[], load: () => Promise<void>): Promise<void> {
  const { rows } = await owner.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i where i.indrelid = any($1::regclass[]) and not i.indisunique`,
    [tables],
  );
  for (const { name } of rows) await owner.query(`drop index ${name}`);
  await load();
  for (const { definition } of rows) await owner.query(definition);
}
