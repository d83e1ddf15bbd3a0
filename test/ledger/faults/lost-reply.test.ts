import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from '../../../src/storage/index.ts';
import { startTestGateway } from '../../support/countersign.ts';
import { cutOff } from '../../support/cut-off.ts';
import { eventually } from '../../support/deadline.ts';
import { refusalOf } from '../../support/errors.ts';
import { acme, commit, entryWith } from '../../support/ledger.ts';
import { openTestDatabase, query, type TestDatabase } from '../../support/postgres.ts';
import { mutate } from '../../support/walk.ts';
import { append, lineOf, nothingWrong, refusalLine, type Site, signedAt, siteOver, verdictOn } from './site.ts';

const away = 'storage.unavailable: the database cannot be reached';
const APPENDED = /insert into ledger_outbox.*commit\0/is;
const PLACED = /insert into ledger_leaf.*commit\0/is;
let db: TestDatabase;
let line: Awaited<ReturnType<typeof cutOff>>;
let site: Site;

beforeEach(async () => {
  db = await openTestDatabase();
  line = await cutOff();
  const database = new Database({ appUrl: line.route(db.appUrl), poolSize: 4 });
  site = siteOver({ ...db, database, close: () => database.close() });
});
afterEach(async () => {
  line.deafenAfter(undefined);
  await line.mend();
  await site.ledger.stop();
  await site.close();
  await db.close();
  await line.stop();
});

const countOf = async (table: string) => Number((await query(db.ownerUrl, `select count(*)::int as n from ${table}`))[0]?.['n']);

/** Does the work over a line on which the answer to a COMMIT is lost; cuts the line once the database has committed. */
async function losingTheAnswer<T>(to: RegExp, work: () => Promise<T>, committed: () => Promise<boolean>): Promise<string> {
  line.deafenAfter(to);
  const refused = refusalLine(work());
  await eventually('it is committed', async () => ((await committed()) ? true : undefined));
  line.deafenAfter(undefined);
  await line.cut();
  await line.mend();
  return refused;
}

test('of the transaction that appends: refused, though it is committed; the same again is no error, and has one place', async () => {
  const entry = entryWith({ n: 0 });
  expect(
    await losingTheAnswer(
      APPENDED,
      () => commit(site.database, site.ledger, entry),
      async () => (await countOf('ledger_outbox')) === 1,
    ),
  ).toBe(away);
  await commit(site.database, site.ledger, entry);
  const place = await site.ledger.acknowledge(acme, entry.id);
  expect(place).toMatchObject({ status: 'SEQUENCED', seq: 0 });
  await commit(site.database, site.ledger, entry); // and again, when it has its place
  expect(await site.ledger.acknowledge(acme, entry.id)).toEqual(place);
  expect(await append(site, [1])).toMatchObject([{ seq: 1 }]);
  expect([await countOf('ledger_leaf'), await countOf('ledger_outbox')]).toEqual([2, 0]);
  await signedAt(site, 2);
  expect(await verdictOn(site)).toEqual(nothingWrong);
});

test('of the batch that gives the place: refused as uncertain; the same again has the place that it got', async () => {
  const entry = entryWith({ n: 0 });
  const work = () => site.ledger.record(acme, entry);
  expect(await losingTheAnswer(PLACED, work, async () => (await countOf('ledger_leaf')) === 1)).toBe(away);
  const again = await site.ledger.record(acme, entry);
  expect(again).toMatchObject({ status: 'SEQUENCED', seq: 0 });
  expect(await countOf('ledger_leaf')).toBe(1);
  const other = await refusalOf(site.ledger.record(acme, { ...entry, data: { n: 1 } }));
  expect(lineOf(other)).toBe(`ledger.conflict: entry \`${entry.id}\` of log \`acme\` has another content already`);
  await signedAt(site, 1);
  expect(await verdictOn(site)).toEqual(nothingWrong);
});

describe('over the gateway', () => {
  const flag = { key: 'search.index', enabled: true, justification: 'trying what comes through' };

  test('the answer is 503 and says to repeat; the repetition has the decision and the place of the first', async () => {
    const way = await cutOff();
    const gateway = await startTestGateway({ route: way.route });
    const leaves = async () => (await query(gateway.database.ownerUrl, `select entry_id from ledger_leaf where tenant = 'alpha'`)).length;
    try {
      way.deafenAfter(/insert into "flag".*commit\0/is);
      const lost = mutate(gateway, 'setFlag', flag, { as: 'sre', key: 'only-once' });
      await eventually('it is committed', async () => {
        const [row] = await query(gateway.database.ownerUrl, `select from flag where key = 'search.index'`);
        return row;
      });
      way.deafenAfter(undefined);
      await way.cut();
      expect((await lost).status).toBe(503);
      expect((await lost).errors?.[0]?.extensions['code']).toBe('storage.unavailable');
      await way.mend();
      const first = await mutate(gateway, 'setFlag', flag, { as: 'sre', key: 'only-once' });
      const second = await mutate(gateway, 'setFlag', flag, { as: 'sre', key: 'only-once' });
      expect(first.data['setFlag']).toMatchObject({ decision: { result: 'ALLOW' }, receipt: { status: 'SEQUENCED', seq: 0 } });
      expect(second.data['setFlag']).toEqual(first.data['setFlag']);
      expect(await leaves()).toBe(1);
    } finally {
      way.deafenAfter(undefined);
      await way.mend();
      await gateway.stop();
      await way.stop();
    }
  });
});
