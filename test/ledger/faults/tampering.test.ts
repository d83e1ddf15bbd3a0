import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { everywhere, grown, numbers, type Said, type Site, siteOver, verdictOn } from './site.ts';
import { checkpointOver, edited, rechained, Superuser } from './superuser.ts';

const SIZE = 300;
const k = 120;
let db: TestDatabase;
let root: Superuser;
let site: Site;
let bodies: Buffer[];

beforeAll(async () => {
  db = await openTestDatabase();
  root = new Superuser(db);
  await grown(db, [SIZE]);
  await root.keep();
  bodies = await root.bodies();
});
afterAll(() => db.close());
beforeEach(async () => {
  await root.putBack();
  site = siteOver(db);
});

const explained = 'acme null root.mismatch: the root differs from the signed checkpoint, as the entries above explain';
const unexplained = `acme ${SIZE - 1} root.mismatch: the root differs from the signed checkpoint though the chain holds: entry ${SIZE - 1} was altered, or the whole log was rewritten`;
const alteredBy = (n: number) => `acme ${n} entry.altered: entry ${n} is not what entry ${n + 1} recorded as its predecessor`;
const notSigned = (n: number) => `acme ${n} entry.altered: entry ${n} is not the one that the signed root commits to`;
const another = (n: number, says: number) => `acme ${n} entry.misplaced: where entry ${n} must be there is one that says it is ${says}`;
const fewer = `acme null size.mismatch: there are ${SIZE - 1} entries, the signed checkpoint has ${SIZE}`;
const missing = `acme ${k} entry.missing: entry ${k} is missing`;
const unstored = (n: number) => `acme ${n} tile.mismatch: the stored hash of entry ${n} is not the hash of its body`;
const inTables = (...database: string[]): Said => ({ text: [], tiles: [], database });
const inTree = (...lines: string[]): Said => ({ text: [], tiles: lines, database: lines });
/** What a text can only guess at, the signed tree names. */
const told = (text: string[], tree: string[]): Said => ({ text, tiles: tree, database: tree });
const refusedExport = (text: string[], from: number, database: string[]): Said => ({
  text,
  tiles: [`export: ledger.out_of_range: log \`acme\` has not all entries from ${from} on any more`],
  database,
});

const body = (n: number) => bodies[n] ?? Buffer.alloc(0);
const altered = (n: number) => bodies.with(n, edited(body(n), `"n":${n}`, '"n":9999'));
const cutTile = 'update ledger_tile set hashes = substr(hashes, 1, 32 * $1) || substr(hashes, 32 * $1 + 33) where level = 0 and index = 0';
const moveUp = (from: number) =>
  `update ledger_leaf set seq = -seq where seq > ${from}; update ledger_leaf set seq = -seq - 1 where seq < 0`;

type Case = readonly [what: string, damage: () => Promise<unknown>, said: () => Said];

const edits: Case[] = [
  ['the body', () => root.writeBodies(altered(k), 'without'), () => told([alteredBy(k), explained], [notSigned(k), explained])],
  [
    'the body and its hash',
    () => root.writeBodies(altered(k), 'with hashes'),
    () => told([alteredBy(k), explained], [notSigned(k), explained]),
  ],
  [
    'the body, its hash, and the chain from there on',
    () => root.writeBodies(rechained(altered(k), k + 1), 'with hashes'),
    () => {
      const rebuilt = `note acme ${k + 1} chain.rebuilt: entries ${k + 1} to ${SIZE - 1} differ from what was signed in \`prev\` only: made to fit an altered entry before`;
      return told([unexplained], [notSigned(k), explained, rebuilt]);
    },
  ],
  [
    'the body, its hash, the chain, the tiles and the head',
    async () => {
      await root.writeBodies(rechained(altered(k), k + 1), 'with hashes');
      await root.writeTree(rechained(altered(k), k + 1));
    },
    () => everywhere(unexplained),
  ],
  ['the first entry', () => root.writeBodies(altered(0), 'with hashes'), () => told([alteredBy(0), explained], [notSigned(0), explained])],
  [
    'the last entry, which no other records',
    () => root.writeBodies(altered(SIZE - 1), 'with hashes'),
    () => told([unexplained], [notSigned(SIZE - 1), explained]),
  ],
  [
    'the hash beside the body only',
    () => root.sql(`update ledger_leaf set hash = sha256('x') where seq = ${k}`),
    () => inTables(`acme ${k} row.mismatch: the \`hash\` column of entry ${k} is not the hash of its body`),
  ],
  [
    'the id that finds it only',
    () => root.sql(`update ledger_leaf set entry_id = 'ent_0' where seq = ${k}`),
    () => inTables(`acme ${k} row.mismatch: the row of entry ${k} is filed under \`ent_0\`, which is not the entry's id`),
  ],
];

const moves: Case[] = [
  [
    'the rows of two entries',
    () =>
      root.sql(
        `update ledger_leaf set seq = -seq where seq in (${k}, ${k + 1}); update ledger_leaf set seq = ${2 * k + 1} + seq where seq < 0`,
      ),
    () => everywhere(another(k, k + 1), another(k + 1, k), explained),
  ],
  [
    'the rows of two entries, and their hashes in the tile',
    async () => {
      const swapped = bodies.with(k, body(k + 1)).with(k + 1, body(k));
      await root.writeBodies(swapped, 'with hashes');
      await root.writeTree(swapped);
    },
    () => everywhere(another(k, k + 1), another(k + 1, k), explained),
  ],
  [
    'two entries far apart',
    () => root.writeBodies(bodies.with(7, body(k)).with(k, body(7)), 'with hashes'),
    () => everywhere(another(7, k), another(k, 7), explained),
  ],
];

const deletions: Case[] = [
  ['the row', () => root.sql(`delete from ledger_leaf where seq = ${k}`), () => refusedExport([missing, fewer], 0, [missing, fewer])],
  [
    'the row and its hash in the tile',
    async () => {
      await root.sql(`delete from ledger_leaf where seq = ${k}`);
      await root.sql(cutTile, [k]);
    },
    () => refusedExport([missing, fewer], 0, [missing, ...numbers(k + 1, k + 20).map(unstored)]),
  ],
  [
    'the row, and the later ones moved up',
    () => root.sql(`delete from ledger_leaf where seq = ${k}; ${moveUp(k)}`),
    () => refusedExport([missing, fewer], 256, [missing, fewer]),
  ],
];

const surroundings: Case[] = [
  [
    'a hash of a tile',
    () =>
      root.sql(
        `update ledger_tile set hashes = set_byte(hashes, 32 * ${k}, get_byte(hashes, 32 * ${k}) # 1) where level = 0 and index = 0`,
      ),
    () => inTree(unstored(k)),
  ],
  [
    'a tile of a higher level',
    () => root.sql(`update ledger_tile set hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) where level = 1`),
    () => inTree('acme 0 tile.mismatch: `tile/1/000.p/1` is not made of the level below'),
  ],
  [
    'a tile, removed',
    () => root.sql('delete from ledger_tile where level = 1'),
    () => ({
      text: [],
      tiles: ['export: ledger.inconsistent: log `acme` has no tile 0 of level 1'],
      database: ['acme 0 tile.mismatch: `tile/1/000.p/1` is not there'],
    }),
  ],
];

describe.each([
  ['edited', edits],
  ['swapped', moves],
  ['deleted', deletions],
  ['altered around the entries', surroundings],
])('%s:', (_what, cases) => {
  test.each(cases)('%s', async (_which, damage, said) => {
    await damage();
    expect(await verdictOn(site)).toEqual(said());
  });
});

test('with everything rewritten, checkpoints kept outside tell where the entries stop being the ones that were', async () => {
  const since = [100, 200, SIZE].map((size) => checkpointOver(bodies.slice(0, size)));
  await root.writeBodies(rechained(altered(k), k + 1), 'with hashes');
  await root.writeTree(rechained(altered(k), k + 1));
  const rewritten = 'acme null history.rewritten: the first 200 entries are not those of the checkpoint kept from earlier';
  expect(await verdictOn(site, { since })).toEqual(everywhere(unexplained, rewritten));
});
