import { CompiledQuery, Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { TenantId } from '../core/index.ts';
import { beginTenant, processOf, tenantPool } from './connection.ts';
import { StorageError } from './errors.ts';
import { asStorageError, isLostRace } from './failures.ts';
import type { Tables } from './tables.ts';

/** A transaction that has set its tenant; the only handle through which domains reach their tables. */
export type Trx = Transaction<Tables>;

export type DatabaseOptions = {
  /** The application's own connection: a role that owns no table. */
  readonly appUrl: string;
  readonly poolSize?: number;
  /** How often a transaction that lost a race is run again before the caller hears of it. */
  readonly maxAttempts?: number;
  /** How long a statement may take, waits for locks included, before the server ends it. */
  readonly statementMilliseconds?: number;
  /** How long a transaction may lie idle, its process frozen or gone, before the server ends it and frees its locks. */
  readonly idleMilliseconds?: number;
  /** Prepares every statement, for a pool that runs a few of them all the time. */
  readonly prepared?: boolean;
};

const INT8 = 20;

/** The pool and the one way to use it: a transaction for one tenant. */
export class Database {
  readonly #kysely: Kysely<Tables>;
  readonly #maxAttempts: number;
  /** The last warning of each server process: one that comes with a COMMIT says that no synchronous standby confirmed it. */
  readonly #warnings = new Map<number, string>();

  constructor(options: DatabaseOptions) {
    const { statementMilliseconds = 25_000 } = options;
    const pool = new pg.Pool({
      connectionString: options.appUrl,
      max: options.poolSize ?? 16,
      connectionTimeoutMillis: 5_000,
      // Nothing waits for ever: not a lock for a client that vanished without a word, nor we for a server that did. The server is first:
      // when we give up a connection whose statement waits, its process goes on waiting, and is one more than the pool may have.
      statement_timeout: statementMilliseconds,
      query_timeout: statementMilliseconds + 5_000,
      keepAlive: true,
      idle_in_transaction_session_timeout: options.idleMilliseconds ?? 60_000,
      types: { getTypeParser: parserFor },
    });
    // A connection that died. Idle: the next checkout opens another. In use: the statement that meets it says so, not the process.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => {
      client.on('error', () => undefined);
      client.on('notice', ({ severity, message }) => {
        if (severity === 'WARNING') this.#warnings.set(processOf(client), message ?? '');
      });
    });
    pool.on('remove', (client) => this.#warnings.delete(processOf(client)));
    this.#kysely = new Kysely<Tables>({
      dialect: new PostgresDialect({ pool: tenantPool(pool, { prepared: options.prepared ?? false }) }),
    });
    this.#maxAttempts = options.maxAttempts ?? 5;
  }

  /**
   * Runs `work` in one READ COMMITTED transaction for a tenant, or for several where the tables allow it, and commits. `work` locks the rows it decides on, first
   * thing; each later statement then sees what is committed. A transaction that lost a race (serialization failure,
   * deadlock) is run again from the start, a bounded number of times, so `work` must have no effect outside of it.
   *
   * @throws StorageError `storage.unavailable`, `storage.full`, `storage.conflict`; whatever `work` throws.
   */
  async transaction<T>(tenant: TenantId | readonly TenantId[], work: (trx: Trx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once([tenant].flat(), work);
      } catch (error) {
        if (!isLostRace(error)) throw asStorageError(error);
        if (attempt >= this.#maxAttempts) throw tooManyRaces(attempt, error);
      }
    }
  }

  async #once<T>(tenants: readonly TenantId[], work: (trx: Trx) => Promise<T>): Promise<T> {
    let pid = 0;
    const result = await this.#kysely
      .transaction()
      .setIsolationLevel('read committed')
      .execute(async (trx) => {
        const { rows } = await trx.executeQuery<{ pid: number }>(CompiledQuery.raw(beginTenant, [...tenants]));
        pid = rows[0]?.pid ?? 0;
        const done = await work(trx);
        this.#warnings.delete(pid);
        return done;
      });
    const warning = this.#warnings.get(pid);
    if (warning === undefined) return result;
    throw new StorageError('storage.unavailable', `the commit is not confirmed: ${warning}`, {
      remedy: 'repeat the call with the same idempotency key; see the synchronous standbys of the database',
    });
  }

  /** Runs a statement that belongs to no tenant; with row-level security it sees no tenant's rows. */
  async untenanted<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    try {
      return await work(this.#kysely);
    } catch (error) {
      throw asStorageError(error);
    }
  }

  /** Answers when the database does. @throws StorageError `storage.unavailable` */
  async ping(): Promise<void> {
    await this.untenanted((db) => sql`select 1`.execute(db));
  }

  async close(): Promise<void> {
    await this.#kysely.destroy();
  }
}

function tooManyRaces(attempts: number, cause: unknown): StorageError {
  return new StorageError('storage.conflict', `the transaction lost ${attempts} races in a row`, {
    cause,
    remedy: 'repeat the call with the same idempotency key',
  });
}

function parserFor(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  return oid === INT8 ? BigInt : pg.types.getTypeParser(oid, format === 'binary' ? 'text' : format);
}
