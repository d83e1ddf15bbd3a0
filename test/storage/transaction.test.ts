import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { tenantId } from '../../src/core/index.ts';
import { beginTenant, tenantPool } from '../../src/storage/connection.ts';
import { Database, type Trx, withNext } from '../../src/storage/index.ts';
import { codeOf, refusalOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { lockWaiters } from '../support/locks.ts';
import { openTestDatabase, query, type TestDatabase } from '../support/postgres.ts';

const acme = tenantId('acme');
let db: TestDatabase;

beforeAll(async () => {
  db = await openTestDatabase({ maxAttempts: 3 });
  await query(db.ownerUrl, `do $$ begin execute format('alter database %I set deadlock_timeout = 20', current_database()); end $$`);
});
afterAll(() => db.close());

const fail = (trx: Trx, sqlState: string) =>
  sql.raw(`do $$ begin raise exception 'forced' using errcode = '${sqlState}'; end $$`).execute(trx);
const setFlag = (trx: Trx, key: string) =>
  trx
    .insertInto('flag')
    .values({ tenant: acme, key, enabled: true, rate_limit: null, reason: '', set_by: 'x', set_at: new Date(0) })
    .execute();
const lockFlag = (trx: Trx, key: string) => trx.selectFrom('flag').select('key').where('key', '=', key).forUpdate().execute();
const flags = async () => (await query(db.ownerUrl, 'select key from flag order by key')).map((row) => row['key']);

test('commits what the work did and answers with its result', async () => {
  expect(await db.database.transaction(acme, (trx) => setFlag(trx, 'kept').then(() => 'done'))).toBe('done');
  expect(await flags()).toEqual(['kept']);
  await query(db.ownerUrl, 'delete from flag');
});

test('rolls back what the work did when it throws, and passes the error unchanged', async () => {
  const mine = new Error('mine');
  await expect(db.database.transaction(acme, (trx) => setFlag(trx, 'lost').then(() => Promise.reject(mine)))).rejects.toBe(mine);
  expect(await flags()).toEqual([]);
});

test('a real deadlock: one of the two is run again from its start and both take effect once', async () => {
  await db.database.transaction(acme, (trx) => setFlag(trx, 'a').then(() => setFlag(trx, 'b')));
  const [first, second, survived] = [gate(), gate(), gate()];
  let runs = 0;
  const cross = async (own: string, other: string, mine: typeof first, theirs: typeof first) => {
    let isAgain = false;
    await db.database.transaction(acme, async (trx) => {
      runs += 1;
      if (isAgain) await survived.opened; // it could be quicker than the one it freed, and stand in its way again
      isAgain = true;
      await setFlag(trx, `by ${own}`);
      await lockFlag(trx, own);
      mine.open();
      await theirs.opened; // both hold their first lock before either asks for its second
      await lockFlag(trx, other);
    });
    survived.open();
  };
  await Promise.all([cross('a', 'b', first, second), cross('b', 'a', second, first)]);
  expect([runs, await flags()]).toEqual([3, ['a', 'b', 'by a', 'by b']]);
  await query(db.ownerUrl, 'delete from flag');
});

test.each(['40001', '40P01'])('a transaction that loses every race (%s) is run as often as allowed and then refused', async (sqlState) => {
  let runs = 0;
  const work = db.database.transaction(acme, async (trx) => {
    runs += 1;
    await setFlag(trx, `run ${runs}`);
    await fail(trx, sqlState);
  });
  const refusal = await refusalOf(work);
  expect([refusal.code, refusal.message, runs]).toEqual(['storage.conflict', 'the transaction lost 3 races in a row', 3]);
  expect([refusal.remedy, await flags()]).toEqual(['repeat the call with the same idempotency key', []]);
});

test.each([
  ['53100', 'storage.full', 'the database refused for lack of room'],
  ['53200', 'storage.full', 'the database refused for lack of room'],
  ['57P01', 'storage.unavailable', 'the database cannot be reached'],
  ['25006', 'storage.unavailable', 'the database cannot be reached'],
])('what PostgreSQL reports as %s is told as %s, at the first time', async (sqlState, code, message) => {
  let runs = 0;
  const refusal = await refusalOf(
    db.database.transaction(acme, async (trx) => {
      runs += 1;
      await fail(trx, sqlState);
    }),
  );
  expect([refusal.code, refusal.message, runs]).toEqual([code, message, 1]);
});

test('a fault of ours (a constraint) passes unchanged', async () => {
  const twice = db.database.transaction(acme, (trx) => setFlag(trx, 'x').then(() => setFlag(trx, 'x')));
  await expect(twice).rejects.toMatchObject({ code: '23505', constraint: 'flag_pkey' });
});

test('int8 is a bigint, exactly, and bytea a Buffer', async () => {
  const { rows } = await db.database.untenanted((any) => sql`select 9007199254740993::int8 as n, '\\x00ff'::bytea as b`.execute(any));
  expect(rows).toEqual([{ n: 9007199254740993n, b: Buffer.from([0, 255]) }]);
});

test('a statement without a tenant sees no rows', async () => {
  await query(db.ownerUrl, `insert into flag (tenant, key, enabled, reason, set_by, set_at) values ('acme', 'seen', true, '', 'x', now())`);
  expect(await db.database.untenanted((any) => any.selectFrom('flag').selectAll().execute())).toEqual([]);
  await query(db.ownerUrl, 'delete from flag');
});

describe('a connection that ends', () => {
  test('inside a transaction: refused as away, nothing of it is kept, and the next call gets a good connection', async () => {
    const one = new Database({ appUrl: db.appUrl, poolSize: 1 });
    const work = one.transaction(acme, async (trx) => {
      await setFlag(trx, 'half');
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      await query(db.ownerUrl, 'select pg_terminate_backend($1)', [rows[0]?.pid]);
      await setFlag(trx, 'other half');
    });
    expect(await codeOf(work)).toBe('storage.unavailable');
    await one.ping();
    expect(await flags()).toEqual([]);
    await one.close();
  });

  test('while it idles in the pool: nobody notices', async () => {
    const one = new Database({ appUrl: db.appUrl, poolSize: 1 });
    const backend = () => one.untenanted((any) => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(any));
    const [before] = (await backend()).rows;
    await query(db.ownerUrl, 'select pg_terminate_backend($1, 5000)', [before?.pid]);
    const [after] = (await backend()).rows;
    expect(after?.pid).not.toBe(before?.pid);
    await one.close();
  });
});

describe('a statement that goes along with the next', () => {
  let one: Database;
  const along = (trx: Trx, key: string) =>
    sql`${sql.raw(withNext)} insert into flag (tenant, key, enabled, reason, set_by, set_at)
      values ('acme', ${key}, true, '', 'x', now())`.execute(trx);

  beforeAll(async () => {
    one = new Database({ appUrl: db.appUrl, poolSize: 1, prepared: true });
    for (const key of ['a', 'b', 'c']) await one.transaction(acme, (trx) => along(trx, key)); // the first by itself, the others with the commit
  });
  afterAll(() => one.close());

  test('or with the commit is done when the transaction is', async () => {
    expect(await flags()).toEqual(['a', 'b', 'c']);
  });

  test('fails the one after it, which is not run', async () => {
    const steps: string[] = [];
    const work = one.transaction(acme, async (trx) => {
      await along(trx, 'a');
      steps.push('gone along');
      await setFlag(trx, 'd').catch((error: unknown) => Promise.reject(Object.assign(new Error('told here'), { cause: error })));
      steps.push('never');
    });
    await expect(work).rejects.toMatchObject({ message: 'told here', cause: { code: '23505', constraint: 'flag_pkey' } });
    expect([steps, await flags()]).toEqual([['gone along'], ['a', 'b', 'c']]);
  });

  test('fails the commit, and nothing is kept', async () => {
    const work = one.transaction(acme, (trx) => setFlag(trx, 'd').then(() => along(trx, 'a')));
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(await flags()).toEqual(['a', 'b', 'c']);
  });

  test('is forgotten when the work fails before it went, as the beginning is', async () => {
    const mine = new Error('mine');
    await expect(one.transaction(acme, (trx) => along(trx, 'd').then(() => Promise.reject(mine)))).rejects.toBe(mine);
    await expect(one.transaction(acme, () => Promise.reject(mine))).rejects.toBe(mine);
    expect(await one.untenanted((any) => any.selectFrom('flag').select('key').execute())).toEqual([]);
    await one.transaction(acme, (trx) => along(trx, 'd'));
    expect(await flags()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('sees what was committed while the one before it waited', async () => {
    const [locked, release] = [gate(), gate()];
    const holder = db.database.transaction(acme, async (trx) => {
      await trx.updateTable('flag').set({ reason: 'first' }).where('key', '=', 'a').execute();
      locked.open();
      await release.opened;
      await setFlag(trx, 'e');
    });
    await locked.opened;
    const read = () =>
      one.transaction(acme, async (trx) => {
        await sql`${sql.raw(withNext)} select from flag where key = ${'a'} for update`.execute(trx);
        return (await trx.selectFrom('flag').select('key').where('tenant', '=', acme).where('key', '>', 'd').execute()).length;
      });
    const waits = read();
    try {
      await lockWaiters(db.ownerUrl, 1);
    } finally {
      release.open();
    }
    await holder;
    expect([await waits, await read()]).toEqual([1, 1]);
  });
});

describe('the first transaction of a connection, which begins in several steps', () => {
  test('has all of its statements behind them, also those that come at once', async () => {
    const pool = new pg.Pool({ connectionString: db.appUrl, max: 1 });
    onTestFinished(() => pool.end());
    const connection = await tenantPool(pool, { prepared: false }).connect();
    await connection.query(beginTenant, ['acme']);
    const read = () => connection.query<object>(`select current_setting('countersign.tenant', true) as tenant`, []);
    const answers = await Promise.all([read(), read()]); // kysely would let the second wait by itself
    await connection.query('rollback', []);
    connection.release();
    expect(answers.map(({ rows }) => rows)).toEqual([[{ tenant: 'acme' }], [{ tenant: 'acme' }]]);
  });

  test('ends behind them when the work fails meanwhile', async () => {
    const fresh = new Database({ appUrl: db.appUrl, poolSize: 1 });
    onTestFinished(() => fresh.close());
    const mine = new Error('mine');
    let left: Promise<unknown> = Promise.resolve();
    const work = fresh.transaction(acme, async (trx) => {
      left = Promise.allSettled([setFlag(trx, 'left')]);
      await turnOfTheLoop(); // it is on its way
      throw mine;
    });
    await expect(work).rejects.toBe(mine);
    expect(await left).toMatchObject([{ status: 'fulfilled' }]); // it had its tenant
    expect((await flags()).includes('left')).toBe(false);
  });
});

test('a statement that waits too long is ended by the server: its process takes no more room than its place in the pool', async () => {
  const one = new Database({ appUrl: db.appUrl, poolSize: 1, statementMilliseconds: 100 });
  onTestFinished(() => one.close());
  const held = gate();
  const holder = db.database.transaction(acme, async (trx) => {
    await sql`select pg_advisory_xact_lock(4711)`.execute(trx);
    await held.opened;
  });
  try {
    const waits = () => one.transaction(acme, (trx) => sql`select pg_advisory_xact_lock(4711)`.execute(trx));
    const pidOf = async () =>
      (await one.transaction(acme, (trx) => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx))).rows;
    const before = await pidOf();
    expect(await codeOf(waits())).toBe('storage.unavailable');
    expect(await pidOf()).toEqual(before);
  } finally {
    held.open();
    await holder;
  }
});

test('a statement that goes along takes texts and bytes: another value is refused, and the connection goes on', async () => {
  const one = new Database({ appUrl: db.appUrl, poolSize: 1, prepared: true });
  onTestFinished(() => one.close());
  const along = (value: unknown) =>
    one.transaction(acme, async (trx) => {
      await sql`${sql.raw(withNext)} select ${value}::text`.execute(trx);
      return (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)).rows;
    });
  const connection = await along('a text'); // by itself, the first time
  await expect(along(1)).rejects.toThrow('what goes along with another statement takes texts and bytes');
  expect(await along('a text')).toEqual(connection);
});

describe('a transaction of several tenants', () => {
  const [globex, initech] = [tenantId('globex'), tenantId('initech')];
  const head = (tenant: string) => ({ tenant, size: 0n, root: Buffer.alloc(32), last_hash: null, frontier: Buffer.alloc(0) });

  test('sees and writes the ledger of those, nobody else’s, and nothing but the ledger', async () => {
    for (const tenant of [acme, globex, initech]) {
      await db.database.transaction(tenant, (trx) => trx.insertInto('ledger_head').values(head(tenant)).execute());
    }
    await db.database.transaction([acme, globex], async (trx) => {
      expect(await trx.selectFrom('ledger_head').select('tenant').orderBy('tenant').execute()).toEqual([
        { tenant: 'acme' },
        { tenant: 'globex' },
      ]);
      expect(await trx.selectFrom('flag').select('key').execute()).toEqual([]);
      await trx.updateTable('ledger_head').set({ size: 1n }).execute();
    });
    expect(await query(db.ownerUrl, 'select tenant from ledger_head where size = 0')).toEqual([{ tenant: 'initech' }]);
    const foreign = db.database.transaction([acme, globex], (trx) => trx.insertInto('ledger_head').values(head('umbrella')).execute());
    await expect(foreign).rejects.toMatchObject({ code: '42501' });
    await expect(db.database.transaction([acme, globex], (trx) => setFlag(trx, 'x'))).rejects.toMatchObject({ code: '42501' });
  });
});
