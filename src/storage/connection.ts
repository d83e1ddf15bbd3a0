import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import { type Answer, type Prepared, type Statement, sendTogether } from './message.ts';

/** What the first statement of every transaction is, with its tenants as parameters; see `beginFor`. */
export const beginTenant = 'begin tenant';

/**
 * Begins a statement whose answer nobody waits for: it goes to the server with the one after it, or with the commit, and if it fails that
 * one fails. Its parameters are texts and bytes. Where statements are not prepared it goes by itself.
 */
export const withNext = '/* with the next */';

/** Begins a statement that is prepared on every pool: one whose plan no statistics can spoil. */
export const prepared = '/* prepared */';

export type ConnectionOptions = {
  /**
   * Prepares every statement that has parameters: parsed and planned once a connection. For a pool that runs a few statements all the time, each by key and
   * naming its columns: a plan outlives the statistics it was made from, so it may neither scan nor
   * sort where an index has the order; and `select *` would fail for as long as the
   * connection lives once a migration adds a column.
   */
  readonly prepared: boolean;
};

/** A pool as kysely uses it, whose transactions begin along with their first statement. */
export function tenantPool(pool: pg.Pool, options: ConnectionOptions): PostgresPool {
  const known = new WeakMap<pg.PoolClient, TenantConnection>(); // kysely knows a connection again by its object
  const names = new Map<string, string>();
  return {
    connect: async () => {
      const client = await pool.connect();
      const connection = known.get(client) ?? new TenantConnection(client, names, options.prepared);
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
function beginFor(tenants: readonly unknown[], byKeyOnly: boolean): Prepared[] {
  const stranger = tenants.find((tenant) => !/^[a-z][a-z0-9-]*$/.test(String(tenant)));
  if (stranger !== undefined) throw new RangeError(`\`${stranger}\` is not a tenant name`); // a comma would make two of it
  return [
    { name: 'begin', text: 'start transaction isolation level read committed', values: [] },
    { name: 'tenant', text: byKeyOnly ? `${SET_TENANT}${BY_KEY_ONLY}` : SET_TENANT, values: [tenants.join(',')] },
  ];
}

const SET_TENANT = `
  select set_config('countersign.tenant', $1, true), set_config('synchronous_commit',
    case when current_setting('synchronous_commit') in ('off', 'local') then 'on' else current_setting('synchronous_commit') end, true)`;
const BY_KEY_ONLY = ['seqscan', 'hashjoin', 'mergejoin', 'sort'].map((scan) => `, set_config('enable_${scan}', 'off', true)`).join('');

class TenantConnection implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #names: Map<string, string>;
  readonly #prepares: boolean;
  readonly #prepared = new Set<string>();
  /** What goes along with the next statement. */
  #held: Prepared[] = [];
  /** Statements on their way one by one: what comes meanwhile waits for them, and fails if they do. */
  #steps: Promise<Answer> | undefined;

  constructor(client: pg.PoolClient, names: Map<string, string>, prepares: boolean) {
    this.#client = client;
    this.#names = names;
    this.#prepares = prepares;
  }

  /** kysely asks for it, and pg does not say it in its types. */
  get processID(): number {
    return processOf(this.#client);
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(sql: string | PostgresCursor<R>, parameters: readonly unknown[] = []): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof sql !== 'string') throw new TypeError('cursors are not used here');
    return this.#query(sql, parameters).then(lastOf<R>);
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy);
  }

  async #query(sql: string, values: readonly unknown[]): Promise<Answer> {
    if (sql.startsWith('start transaction')) return answerOf(); // goes along with `beginTenant`
    if (sql === beginTenant) {
      this.#held = beginFor(values, this.#prepares);
      return answerOf({ pid: this.processID });
    }
    if (sql.startsWith(withNext) && this.#prepares) {
      this.#held.push({ name: nameOf(sql, this.#names), text: sql, values });
      return answerOf();
    }
    const held = this.#held.splice(0);
    return sql === 'rollback' ? this.#rollBack(held) : this.#send(held, this.#statement(sql, values));
  }

  /** What is not prepared on this connection yet goes by itself, this once. */
  async #send(held: readonly Prepared[], last: Statement): Promise<Answer> {
    while (this.#steps !== undefined) await this.#steps;
    if (held.length === 0) return this.#client.query({ ...last, values: [...last.values] });
    if (held.every(({ name }) => this.#prepared.has(name))) return sendTogether(this.#client, held, last);
    this.#steps = this.#sendEach(held, last);
    try {
      return await this.#steps;
    } finally {
      this.#steps = undefined;
    }
  }

  async #sendEach(held: readonly Prepared[], last: Statement): Promise<Answer> {
    for (const statement of held) {
      await this.#client.query({ ...statement, values: [...statement.values] });
      this.#prepared.add(statement.name);
    }
    return this.#client.query({ ...last, values: [...last.values] });
  }

  /** What never began needs no end; and what is on its way would run behind the end, without a tenant. */
  async #rollBack(held: readonly Prepared[]): Promise<Answer> {
    await this.#steps?.catch(() => undefined);
    return held.some(({ name }) => name === 'begin') ? answerOf() : this.#client.query('rollback');
  }

  #statement(text: string, values: readonly unknown[]): Statement {
    const named = text.startsWith(prepared) || (this.#prepares && values.length > 0);
    return named ? { name: nameOf(text, this.#names), text, values } : { text, values };
  }
}

/** pg knows the server process of a connection, but does not say so in its types. */
export function processOf(client: object): number {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : 0;
}

function answerOf(...rows: readonly object[]): Answer {
  return { command: 'SELECT', rowCount: rows.length, rows };
}

/** pg answers several statements with a list. */
function lastOf<R>(answer: Answer): PostgresQueryResult<R> {
  return Array.isArray(answer) ? answer.at(-1) : answer;
}

function nameOf(text: string, names: Map<string, string>): string {
  const name = names.get(text) ?? `s${names.size}`;
  names.set(text, name);
  return name;
}
