import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { Database, type DatabaseOptions } from '../../src/storage/index.ts';

export type TestDatabase = {
  /** As the application's role, with row-level security. */
  readonly database: Database;
  /** As the superuser that owns the tables: for tampering, and for what only an owner does. */
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** Ends the pool and drops the database. */
  close(): Promise<void>;
};

/** A migrated database of the suite's own, with no rows in it. */
export async function openTestDatabase(options: Omit<DatabaseOptions, 'appUrl'> = {}): Promise<TestDatabase> {
  return openFrom(inject('postgres').template, options);
}

/** A database as it is now, once more: each of the two goes on by itself. Ends the connections that the original has. */
export async function copyTestDatabase(of: Pick<TestDatabase, 'ownerUrl'>): Promise<TestDatabase> {
  const name = new URL(of.ownerUrl).pathname.slice(1);
  await query(inject('postgres').ownerUrl, 'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [name]);
  return openFrom(name, {});
}

async function openFrom(template: string, options: Omit<DatabaseOptions, 'appUrl'>): Promise<TestDatabase> {
  const { ownerUrl, appUrl, drop } = await createDatabase(`template ${template}`);
  const database = new Database({ poolSize: 8, ...options, appUrl });
  return {
    database,
    ownerUrl,
    appUrl,
    close: async () => {
      await database.close();
      await drop();
    },
  };
}

/** A database without any table, dropped when the test ends. */
export async function emptyDatabase(): Promise<{ readonly ownerUrl: string; readonly appUrl: string }> {
  const { drop, ...urls } = await createDatabase('');
  onTestFinished(drop);
  return urls;
}

async function createDatabase(clause: string) {
  const { ownerUrl, appUrl } = inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await query(ownerUrl, `create database ${name} ${clause}`);
  return {
    ownerUrl: withDatabase(ownerUrl, name),
    appUrl: withDatabase(appUrl, name),
    drop: async () => {
      await query(ownerUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

function withDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).toString();
}

/** One statement on a connection of its own; the rows, as pg parses them. */
export async function query(url: string, text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
  return connected(url, async (client) => (await client.query<Record<string, unknown>>(text, [...values])).rows);
}

/** Runs `work` on a connection of its own. */
export async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
