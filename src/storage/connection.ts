import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';

/** What the first statement of every transaction is; see `beginFor`. */
export const beginTenant = 'begin tenant';

export type ConnectionOptions = {
  /**
   * Prepares every statement: parsed and planned once a connection. For a pool that runs a few statements all the time, each by key and
   * naming its columns: a plan outlives the statistics it was made from, so it may not scan; and `select *` would fail for as long as the
   * connection lives once a migration adds a column.
   */
  readonly prepared: boolean;
};

/** A pool as kysely uses it, whose transactions begin in one way to the server and back. */
export function tenantPool(pool: pg.Pool, options: ConnectionOptions): PostgresPool {
  const known = new WeakMap<pg.PoolClient, TenantConnection>(); // kysely knows a connection again by its object
  const names = new Map<string, string>();
  return {
    connect: async () => {
      const client = await pool.connect();
      const connection = known.get(client) ?? new TenantConnection(client, options.prepared ? names : undefined);
      known.set(client, connection);
      return connection;
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

/**
 * The level is said, because a server may be set to another one, under which locks taken first would read an older snapshot. The commit is
 * to wait until it is durable, whatever the role's settings are.
 */
function beginFor(tenant: string, prepared: boolean): string {
  if (!/^[a-z][a-z0-9-]*$/.test(tenant)) throw new RangeError(`\`${tenant}\` is not a tenant name`); // it is put into the statement
  return `start transaction isolation level read committed;
    select set_config('countersign.tenant', '${tenant}', true), pg_backend_pid() as pid,
      set_config('synchronous_commit', case when current_setting('synchronous_commit') in ('off', 'local') then 'on'
        else current_setting('synchronous_commit') end, true)
      ${prepared ? BY_KEY_ONLY : ''}`;
}

const BY_KEY_ONLY = ['seqscan', 'hashjoin', 'mergejoin'].map((scan) => `, set_config('enable_${scan}', 'off', true)`).join('');

class TenantConnection implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #names: Map<string, string> | undefined;

  constructor(client: pg.PoolClient, names: Map<string, string> | undefined) {
    this.#client = client;
    this.#names = names;
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(sql: string | PostgresCursor<R>, parameters: readonly unknown[] = []): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof sql !== 'string') throw new TypeError('cursors are not used here');
    return this.#query<R>(sql, [...parameters]);
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy);
  }

  async #query<R>(sql: string, values: unknown[]): Promise<PostgresQueryResult<R>> {
    if (sql.startsWith('start transaction')) return { command: 'SELECT', rowCount: 0, rows: [] }; // goes along with `beginTenant`
    if (sql === beginTenant) return lastOf(await this.#client.query(beginFor(String(values[0]), this.#names !== undefined)));
    if (this.#names === undefined || values.length === 0) return this.#client.query(sql, values).then(lastOf<R>);
    return this.#client.query({ name: nameOf(sql, this.#names), text: sql, values }).then(lastOf<R>);
  }
}

/** pg answers several statements with a list, and types neither what came nor of what. */
// biome-ignore lint/suspicious/noExplicitAny: the driver's own type; kysely types what its queries return
function lastOf<R>(answer: any): PostgresQueryResult<R> {
  return Array.isArray(answer) ? answer.at(-1) : answer;
}

function nameOf(text: string, names: Map<string, string>): string {
  const name = names.get(text) ?? `s${names.size}`;
  names.set(text, name);
  return name;
}
