import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantId } from '../../src/core/index.ts';
import { Database, type Trx } from '../../src/storage/index.ts';
import { codeOf, refusalOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
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
  const [first, second] = [gate(), gate()];
  let runs = 0;
  const cross = (own: string, other: string, mine: typeof first, theirs: typeof first) =>
    db.database.transaction(acme, async (trx) => {
      runs += 1;
      await setFlag(trx, `by ${own}`);
      await lockFlag(trx, own);
      mine.open();
      await theirs.opened; // both hold their first lock before either asks for its second
      await lockFlag(trx, other);
    });
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
