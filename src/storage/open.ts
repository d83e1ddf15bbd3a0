import { messageOf } from '../core/index.ts';
import { connectOnce } from './connect-once.ts';
import { Database } from './database.ts';
import { EmbeddedPostgres } from './embedded/index.ts';
import { StorageError } from './errors.ts';
import { asStorageError, codeOf } from './failures.ts';
import { assertMigrated, migrate } from './migrate.ts';

export type StorageOptions = {
  /** A server of the operator's, as the role that owns the tables; unset: the embedded one. */
  readonly databaseUrl?: string | undefined;
  /** The same database as a role that owns no table; unset: `databaseUrl` with its role set to `countersign_app`. */
  readonly databaseAppUrl?: string | undefined;
  readonly dataDir: string;
  readonly poolSize?: number;
  readonly onEvent?: (message: string) => void;
};

/** The open database, migrated. `ownerUrl` is for schema work at the start only. */
export type Storage = {
  readonly database: Database;
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** Where the data is, for a person. */
  readonly description: string;
  close(): Promise<void>;
};

/** @throws StorageError when the server cannot be started or reached, or its folder is in use. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  return options.databaseUrl === undefined ? openEmbedded(options) : openServer(options, options.databaseUrl);
}

/**
 * Opens the database beside a gateway that may be running: to read, without migrating and without owning the embedded server,
 * which is started for the time when none runs.
 */
export async function attachStorage(options: StorageOptions): Promise<Storage> {
  if (options.databaseUrl !== undefined) return openServer(options, options.databaseUrl, assertMigrated);
  try {
    return await openEmbedded(options, assertMigrated);
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'storage.in_use') throw error;
  }
  const server = EmbeddedPostgres.attach(options);
  await assertMigrated(server.url('owner'));
  const database = new Database({ ...poolSize(options), appUrl: server.url('app') });
  return {
    database,
    ownerUrl: server.url('owner'),
    appUrl: server.url('app'),
    description: `the running server on ${server.folder}`,
    close: () => database.close(),
  };
}

async function openEmbedded(options: StorageOptions, prepare: (ownerUrl: string) => Promise<void> = migrate): Promise<Storage> {
  const server = await EmbeddedPostgres.start(options);
  try {
    await prepare(server.url('owner'));
    await server.enableAppLogin();
  } catch (error) {
    await server.stop();
    throw error;
  }
  const database = new Database({ ...poolSize(options), appUrl: server.url('app') });
  return {
    database,
    ownerUrl: server.url('owner'),
    appUrl: server.url('app'),
    description: `embedded PostgreSQL 18 in ${server.folder}`,
    close: async () => {
      await database.close();
      await server.stop();
    },
  };
}

async function openServer(
  options: StorageOptions,
  databaseUrl: string,
  prepare: (ownerUrl: string) => Promise<void> = migrate,
): Promise<Storage> {
  const { host, port, pathname } = parseUrl(databaseUrl);
  const appUrl = options.databaseAppUrl ?? withAppRole(databaseUrl);
  try {
    await prepare(databaseUrl);
    await assertOwnsNothing(appUrl);
  } catch (error) {
    throw atServer(`${host}:${port || 5432}`, asStorageError(error));
  }
  const database = new Database({ ...poolSize(options), appUrl });
  return { database, ownerUrl: databaseUrl, appUrl, description: `PostgreSQL at ${host}${pathname}`, close: () => database.close() };
}

function poolSize(options: StorageOptions): { poolSize?: number } {
  return options.poolSize === undefined ? {} : { poolSize: options.poolSize };
}

function parseUrl(databaseUrl: string): { host: string; port: string; pathname: string } {
  if (!/^postgres(ql)?:\/\//.test(databaseUrl) || !URL.canParse(databaseUrl)) {
    throw new StorageError('storage.invalid_url', 'DATABASE_URL is not a PostgreSQL URL', {
      remedy: 'write it as postgresql://user:password@host:5432/database',
    });
  }
  const { hostname, port, pathname } = new URL(databaseUrl);
  return { host: hostname, port, pathname };
}

function withAppRole(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const options = url.searchParams.get('options');
  url.searchParams.set('options', `${options === null ? '' : `${options} `}-c role=countersign_app`);
  return url.toString();
}

/** Row-level security does not bind the owner of a table or a superuser: refuse to serve as one. */
async function assertOwnsNothing(appUrl: string): Promise<void> {
  const client = await connectOnce(appUrl);
  try {
    const { rows } = await client.query<{ bypasses: boolean }>(`
      select r.rolsuper or r.rolbypassrls or pg_has_role(r.oid, c.relowner, 'usage') as bypasses
      from pg_roles r, pg_class c where r.rolname = current_user and c.oid = 'public.ledger_leaf'::regclass`);
    if (rows[0]?.bypasses !== false) {
      throw new StorageError('storage.invalid_url', 'the application role would bypass row-level security', {
        remedy: 'let DATABASE_APP_URL log in as a role that is granted countersign_app and neither owns the tables nor is a superuser',
      });
    }
  } finally {
    await client.end();
  }
}

/** Whatever kept us from the server (away, wrong password, no such database, a certificate not trusted), told with its address and never its password. */
function atServer(server: string, error: unknown): unknown {
  if (error instanceof StorageError && error.code !== 'storage.unavailable') return error;
  const cause = error instanceof StorageError ? error.cause : error;
  if (codeOf(cause) === '42501') {
    return new StorageError('storage.invalid_url', `the role of DATABASE_URL may not do what a migration needs: ${messageOf(cause)}`, {
      cause,
      remedy:
        'as a superuser: `create role countersign_app nologin;` and `grant countersign_app to <that role>;`, and let it own the database',
    });
  }
  return new StorageError('storage.unavailable', `the database at \`${server}\` cannot be reached: ${messageOf(cause)}`, {
    cause,
    remedy: 'start it, or correct DATABASE_URL; unset it to run the embedded PostgreSQL',
  });
}
