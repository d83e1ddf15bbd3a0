import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { acme } from '../../support/ledger.ts';
import { openTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { append, everywhere, grown, numbers, type Site, saidOf, siteOver, soon, verdictOn } from './site.ts';
import { edited, rechained, Superuser } from './superuser.ts';

/**
 * The head row is what the next entry is chained to: damage there does not touch what was signed, but would be signed with the next
 * entry. The verifier names it before, and the gateway does not go on.
 */
const SIZE = 10;
let db: TestDatabase;
let root: Superuser;
let site: Site;

beforeAll(async () => {
  db = await openTestDatabase();
  root = new Superuser(db);
  await grown(db, [SIZE]);
  await root.keep();
});
afterAll(() => db.close());
beforeEach(async () => {
  await root.putBack();
  site = siteOver(db);
});

const key = () => ({ key: site.ledger.verifierKey(acme) });
const head = (message: string) => `acme null head.mismatch: ${message}`;
const narrow = 'ledger.inconsistent: tile 0 of level 0 has not the hashes that the size of the log asks for';

test.each<[string, string, verifier: string, gateway: string, status: string]>([
  [
    'its last hash',
    'update ledger_head set last_hash = sha256(last_hash)',
    head('the last hash in the head row is not that of the last entry'),
    'ledger.inconsistent: log `acme` takes no entries: the last hash in its head is not that of its tree',
    'PENDING',
  ],
  [
    'its frontier',
    `update ledger_head set frontier = sha256(frontier) || sha256('x')`,
    head('the frontier in the head row has not the root of the entries'),
    'ledger.inconsistent: log `acme` will not be signed: the root of its head is not the root of its tiles',
    'SEQUENCED',
  ],
  [
    'its size, set back',
    `update ledger_head set size = ${SIZE - 1}`,
    head(`1 leaves lie outside of the log: its head says that it has ${SIZE - 1} entries`),
    narrow,
    'PENDING',
  ],
  [
    'its size, set forward',
    `update ledger_head set size = ${SIZE + 2}`,
    head(`the head row says that the log has ${SIZE + 2} entries, there are ${SIZE}`),
    narrow,
    'PENDING',
  ],
  [
    'the tile that it ends in, removed',
    'delete from ledger_tile',
    '',
    'ledger.inconsistent: log `acme` has no tile 0 of level 0',
    'PENDING',
  ],
])('%s', async (_what, damage, verifier, gateway, status) => {
  await root.sql(damage);
  expect(await saidOf(site, key())).toEqual(verifier === '' ? numbers(0, SIZE).map(unstored) : [verifier]);
  expect(await append(site, [99])).toMatchObject([{ status }]);
  await vi.waitFor(() => expect(site.errors[0]).toBe(`acme ${gateway}`), soon);
  expect((await site.ledger.checkpoint(acme))?.size).toBe(SIZE);
  await site.ledger.stop();
  await root.putBack();
  expect(await append(siteOver(db), [100])).toMatchObject([{ status: 'SEQUENCED', seq: SIZE }]); // what is whole again goes on
});

const unstored = (n: number) => `acme ${n} tile.mismatch: the stored hash of entry ${n} is not the hash of its body`;

test('an entry that was acknowledged and not signed yet, removed: the head tells', async () => {
  const slow = siteOver(db, { signMilliseconds: 60_000 });
  await append(slow, [98]); // signed at once, for the log was quiet
  await vi.waitFor(async () => expect((await slow.ledger.checkpoint(acme))?.size).toBe(SIZE + 1), soon);
  expect(await append(slow, [99])).toMatchObject([{ seq: SIZE + 1 }]);
  await root.sql(`delete from ledger_leaf where seq = ${SIZE + 1}`);
  expect(await saidOf(slow, key())).toEqual([head(`the head row says that the log has ${SIZE + 2} entries, there are ${SIZE + 1}`)]);
});

test('a chain that was signed though it is broken is named in every form', async () => {
  const bodies = await root.bodies();
  const wrong = edited(bodies[5], String(JSON.parse(String(bodies[5])).prev), '0'.repeat(64));
  const broken = rechained(bodies.with(5, wrong), 6);
  await root.writeBodies(broken, 'with hashes');
  await root.writeTree(broken);
  await root.signAgain(broken);
  expect(await verdictOn(site)).toEqual(everywhere('acme 4 entry.altered: entry 4 is not what entry 5 recorded as its predecessor'));
});
