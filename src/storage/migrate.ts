import pg from 'pg';
import { digestOf } from '../core/index.ts';
import { connectOnce } from './connect-once.ts';
import { StorageError } from './errors.ts';
import { migrations } from './migrations/index.ts';

/** Any constant does; it has to be the same for every starter and differ from the lock of the embedded server. "cntm" in ASCII. */
const MIGRATION_LOCK = 0x636e746d;

/**
 * Brings the database to the newest schema, as the role that owns it. Any number of processes may call this at once: the
 * first to take the lock does the work in one transaction, the others find it done.
 *
 * @throws StorageError `storage.conflict` when a migration that was applied differs from the one in this version.
 */
export async function migrate(ownerUrl: string): Promise<void> {
  const client = await connectOnce(ownerUrl);
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await ensureAppRole(client);
    await ensureHistory(client);
    for (const migration of await pending(client)) await apply(client, migration);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined); // the first error is the one to tell
    throw error;
  } finally {
    await client.end();
  }
}

/**
 * Roles belong to the server, not to the database: migrations of two databases can race here, so an existing role is no error.
 * A role that a DBA made, and granted to us, is used as it is: the owner then needs no right to make roles.
 */
async function ensureAppRole(client: pg.Client): Promise<void> {
  await client.query(`
    do $$ begin
      if not exists (select from pg_roles where rolname = 'countersign_app') then
        create role countersign_app nologin nosuperuser nocreatedb nocreaterole nobypassrls;
      end if;
    exception when duplicate_object or unique_violation then null;
    end $$`);
  await client.query(`
    do $$ begin
      if not pg_has_role(current_user, 'countersign_app', 'member') then
        execute format('grant countersign_app to %I', current_user);
      end if;
    exception when unique_violation or invalid_grant_operation then null;
    end $$`);
  await client.query('grant usage on schema public to countersign_app');
}

/**
 * Checks, and changes nothing: for what reads beside a gateway of perhaps another version.
 *
 * @throws StorageError `storage.conflict` when the schema is not exactly this version's
 */
export async function assertMigrated(ownerUrl: string): Promise<void> {
  const client = await connectOnce(ownerUrl);
  try {
    const { rows } = await client.query<{ there: boolean }>(`select to_regclass('public.schema_migration') is not null as there`);
    const missing = rows[0]?.there === true ? await pending(client) : migrations;
    if (missing.length === 0) return;
    throw new StorageError('storage.conflict', `the database lacks \`${missing.map(({ name }) => name).join('`, `')}\``, {
      remedy: 'start the gateway of this version once, or use the command of the version that runs',
    });
  } finally {
    await client.end();
  }
}

async function ensureHistory(client: pg.Client): Promise<void> {
  await client.query(`
    create table if not exists schema_migration (
      name text primary key,
      digest text not null,
      applied_at timestamptz not null default now()
    )`);
}

async function pending(client: pg.Client): Promise<typeof migrations> {
  const { rows } = await client.query<{ name: string; digest: string }>('select name, digest from schema_migration');
  const applied = new Map(rows.map((row) => [row.name, row.digest]));
  return migrations.filter((migration) => {
    const digest = applied.get(migration.name);
    if (digest === undefined) return true;
    if (digest === digestOfSql(migration.sql)) return false;
    throw new StorageError('storage.conflict', `migration \`${migration.name}\` was applied with other contents`, {
      remedy: 'run the version that made this database, or restore a backup; migrations are never edited',
    });
  });
}

async function apply(client: pg.Client, migration: (typeof migrations)[number]): Promise<void> {
  await client.query(migration.sql);
  await client.query('insert into schema_migration (name, digest) values ($1, $2)', [migration.name, digestOfSql(migration.sql)]);
  await isolateTenants(client);
}

/**
 * Row-level security on every table that has a tenant column, so that a new table cannot forget it. A transaction sees the
 * rows of the tenant it has set and can write no other's; one that has set none sees nothing.
 */
async function isolateTenants(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string }>(`
    select c.relname as table from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relrowsecurity`);
  for (const { table } of rows) {
    const name = pg.escapeIdentifier(table);
    await client.query(`alter table ${name} enable row level security`);
    await client.query(`
      create policy tenant_isolation on ${name}
        using (tenant = current_setting('countersign.tenant', true))
        with check (tenant = current_setting('countersign.tenant', true))`);
  }
}

function digestOfSql(sql: string): string {
  return digestOf(Buffer.from(sql, 'utf8'));
}
