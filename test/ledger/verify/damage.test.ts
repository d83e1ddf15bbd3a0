import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDatabase, openSource, type VerifyOptions, verifyLog } from '../../../src/ledger/verify/index.ts';
import { connected, openTestDatabase } from '../../support/postgres.ts';
import { naiveFrontier, naiveLeaf, naiveRoot } from '../naive-tree.ts';
import {
  chain,
  checkpointText,
  emptyFolder,
  entry,
  type Files,
  fill,
  folderOf,
  logKey,
  note,
  rechained,
  textFiles,
  tileFiles,
} from './maker.ts';
import { serve } from './served.ts';

const SIZE = 600;
const k = 300;
const good = chain(SIZE);
const checkpoint = note(checkpointText(good), logKey);
const line = (n: number) => good[n] ?? Buffer.alloc(0);
const edit = (of: Buffer, from: string, to: string) => Buffer.from(of.toString().replace(from, to));
const edited = (n: number) => edit(line(n), 'entry number', 'entry humber');

async function reportOf(place: string, options: VerifyOptions = {}) {
  const source = await openSource(place, { token: 'let-me-in', retryAfter: [1, 1] });
  const report = await verifyLog(source, { key: logKey.vkey, ...options });
  await source.close();
  return report;
}
const brief = (faults: readonly { kind: string; seq: number | null }[]) => faults.map(({ kind, seq }) => [kind, seq]);
const text = async (bodies: readonly Buffer[]) => brief((await reportOf(folderOf(textFiles({ bodies, checkpoint })))).faults);
const tiles = async (bodies: readonly Buffer[], change: (files: Files) => void = () => undefined) => {
  const files = tileFiles({ bodies, checkpoint }, good);
  change(files);
  return reportOf(folderOf(files));
};

test('a good log is found good in every kind of source, with the same report', async () => {
  const root = naiveRoot(good.map((body) => naiveLeaf(body))).toString('hex');
  const report = {
    log: 'acme',
    entries: SIZE,
    root,
    checkpointSize: SIZE,
    resumedAt: 0,
    faults: [],
    notes: [],
    keySource: 'given',
    verifierKey: logKey.vkey,
    witnesses: [],
  };
  const served = await serve(tileFiles({ bodies: good, checkpoint }));
  expect(await reportOf(folderOf(textFiles({ bodies: good, checkpoint })))).toEqual(report);
  expect(await reportOf(folderOf(tileFiles({ bodies: good, checkpoint })))).toEqual(report);
  expect(await reportOf(served.url)).toEqual(report);
  expect(await inDatabase(good, [])).toEqual(report);
});

/** Damage of the entries themselves: what a text tells, and what the signed tiles beside them tell. */
const damages: readonly (readonly [string, () => Buffer[], [string, number | null][], [string, number | null][]])[] = [
  [
    'one entry, altered',
    () => good.with(k, edited(k)),
    [
      ['entry.altered', k],
      ['root.mismatch', null],
    ],
    [
      ['entry.altered', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'one entry, altered, and the chain after it rebuilt',
    () => rechained(good.with(k, edited(k)), k + 1),
    [['root.mismatch', SIZE - 1]],
    [
      ['entry.altered', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'the last entry, altered',
    () => good.with(SIZE - 1, edited(SIZE - 1)),
    [['root.mismatch', SIZE - 1]],
    [
      ['entry.altered', SIZE - 1],
      ['root.mismatch', null],
    ],
  ],
  [
    'the prev of an entry',
    () => good.with(k, edit(line(k), '"prev":"', '"prev":"zz').subarray(0)),
    [
      ['entry.altered', k - 1],
      ['entry.altered', k],
      ['root.mismatch', null],
    ],
    [
      ['entry.altered', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'two entries far apart, altered',
    () => good.with(3, edited(3)).with(k, edited(k)),
    [
      ['entry.altered', 3],
      ['entry.altered', k],
      ['root.mismatch', null],
    ],
    [
      ['entry.altered', 3],
      ['entry.altered', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'an entry, taken out',
    () => good.toSpliced(k, 1),
    [
      ['entry.missing', k],
      ['size.mismatch', null],
    ],
    [
      ['entry.missing', k],
      ['size.mismatch', null],
    ],
  ],
  [
    'ten entries, taken out, and one more',
    () => good.toSpliced(k, 10).toSpliced(5, 1),
    [
      ['entry.missing', 5],
      ['entry.missing', k],
      ['size.mismatch', null],
    ],
    [
      ['entry.missing', 5],
      ['entry.missing', k],
      ['size.mismatch', null],
    ],
  ],
  [
    'two neighbours, swapped',
    () => good.with(k, line(k + 1)).with(k + 1, line(k)),
    [
      ['entry.misplaced', k],
      ['entry.misplaced', k + 1],
      ['root.mismatch', null],
    ],
    [
      ['entry.misplaced', k],
      ['entry.misplaced', k + 1],
      ['root.mismatch', null],
    ],
  ],
  [
    'an entry that gives itself another place',
    () => good.with(k, edit(line(k), `"seq":${k}`, '"seq":9')),
    [
      ['entry.misplaced', k],
      ['root.mismatch', null],
    ],
    [
      ['entry.misplaced', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'an entry that is no canonical JSON',
    () => good.with(k, edit(line(k), '"v":1', '"v": 1')),
    [
      ['entry.malformed', k],
      ['root.mismatch', null],
    ],
    [
      ['entry.malformed', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'an entry of another log',
    () => good.with(k, edit(line(k), '"log":"acme"', '"log":"evil"')),
    [
      ['entry.foreign', k],
      ['root.mismatch', null],
    ],
    [
      ['entry.foreign', k],
      ['root.mismatch', null],
    ],
  ],
  ['the tail, cut off', () => good.slice(0, SIZE - 5), [['size.mismatch', null]], [['size.mismatch', null]]],
];

test.each(damages)('%s', async (_what, bodies, inText, inTiles) => {
  expect(await text(bodies())).toEqual(inText);
  expect(brief((await tiles(bodies())).faults)).toEqual(inTiles);
});

test.each<[string, () => Buffer[], [string, number | null][]]>([
  [
    'an entry twice',
    () => good.toSpliced(k, 0, line(k)),
    [
      ['entry.repeated', k],
      ['size.mismatch', null],
    ],
  ],
  [
    'a stretch moved to the end',
    () => [...good.toSpliced(10, 20), ...good.slice(10, 30)],
    [
      ['entry.misplaced', 10],
      ['root.mismatch', null],
    ],
  ],
  [
    'a line of nothing between two entries',
    () => good.toSpliced(k, 0, Buffer.from('')),
    [
      ['entry.malformed', k],
      ['size.mismatch', null],
    ],
  ],
  ['an entry too many', () => [...good, entry(SIZE, good.at(-1))], [['size.mismatch', null]]],
  [
    'an entry of the distant future',
    () => good.with(k, edit(line(k), `"seq":${k}`, '"seq":999999999')),
    [
      ['entry.misplaced', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'a first entry that says it has a predecessor',
    () => good.with(0, edit(line(0), '"prev":null', '"prev":"00"')),
    [
      ['entry.altered', 0],
      ['root.mismatch', null],
    ],
  ],
])('in a text: %s', async (_what, bodies, faults) => {
  expect(await text(bodies())).toEqual(faults);
});

test('a chain rebuilt behind an altered entry is told as what it is', async () => {
  const { notes, faults } = await tiles(rechained(good.with(k, edited(k)), k + 1));
  expect(faults[0]?.message).toBe(`entry ${k} is not the one that the signed root commits to`);
  expect(notes).toEqual([
    {
      kind: 'chain.rebuilt',
      seq: k + 1,
      message: `entries ${k + 1} to ${SIZE - 1} differ from what was signed in \`prev\` only: made to fit an altered entry before`,
    },
  ]);
});

test.each<[string, (files: Files) => void, [string, number | null][]]>([
  ['a hash of a stored tile', (files) => flip(files, 'tile/0/001', 32 * 44), [['tile.mismatch', k]]],
  ['a hash of a stored tile of level 1', (files) => flip(files, 'tile/1/000.p/2', 33), [['tile.mismatch', 0]]],
  ['a tile that is not there', (files) => files.delete('tile/1/000.p/2'), [['tile.mismatch', 0]]],
  [
    'a bundle that is not there',
    (files) => files.delete('tile/entries/001'),
    [
      ['entry.missing', 256],
      ['size.mismatch', null],
    ],
  ],
  [
    'a bundle that ends within an entry',
    (files) => files.set('tile/entries/002.p/88', (files.get('tile/entries/002.p/88') ?? Buffer.alloc(0)).subarray(0, -1)),
    [
      ['entry.malformed', 599],
      ['root.mismatch', null],
    ],
  ],
])('in tiles: %s', async (_what, change, faults) => {
  expect(brief((await tiles(good, change)).faults)).toEqual(faults);
});

function flip(files: Files, name: string, at: number): void {
  const bytes = Buffer.from(files.get(name) ?? '');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  files.set(name, bytes);
}

test('a full tile serves where the partial one is gone', async () => {
  const more = chain(768, () => ({}), good);
  const folder = emptyFolder();
  fill(folder, tileFiles({ bodies: more, checkpoint: note(checkpointText(more), logKey) }));
  fill(
    folder,
    new Map([
      ['checkpoint', Buffer.from(checkpoint)],
      ['tile/1/000.p/2', tileFiles({ bodies: good, checkpoint }).get('tile/1/000.p/2') ?? Buffer.alloc(0)],
    ]),
  );
  expect((await reportOf(folder)).faults).toEqual([]);
});

describe('the oldest entries, stored away', () => {
  const at = 512;
  const rootAt = (size: number) => naiveRoot(good.slice(0, size).map((body) => naiveLeaf(body))).toString('hex');
  const archived = (from: number, to: number, root = rootAt(to)) => ({ type: 'ledger.archived', data: { from, to, root } });
  const logWith = (...entries: object[]) => {
    const bodies = chain(800, (seq) => ({ ...entries[seq - SIZE] }), good);
    const files = tileFiles({ bodies, checkpoint: note(checkpointText(bodies), logKey) });
    for (const name of ['tile/entries/000', 'tile/entries/001']) files.delete(name);
    return folderOf(files);
  };

  test('are no fault when the log says so, with their root', async () => {
    const since = [note(checkpointText(good.slice(0, 100)), logKey), note(checkpointText(good.slice(0, 512)), logKey)];
    for (const folder of [
      logWith(archived(0, at)),
      logWith(archived(0, 256), archived(256, at)),
      logWith(archived(256, at), archived(0, 256)),
    ]) {
      const { entries, faults, notes } = await reportOf(folder, { since });
      expect([entries, faults, notes]).toEqual([
        800,
        [],
        [{ kind: 'entries.archived', seq: 0, message: 'entries 0 to 511 are in archives, as the log says' }],
      ]);
    }
  });

  test.each([
    ['nothing says so', logWith, [], 'entries 0 to 511 are missing'],
    ['less was', logWith, [archived(0, 256)], 'entries 256 to 511 are missing'],
    ['the first ones were not', logWith, [archived(256, at)], 'entries 0 to 511 are missing'],
    ['what was is another tree', logWith, [archived(0, at, rootAt(511))], 'entries 0 to 511 are missing'],
  ])('are missing when %s', async (_what, make, entries, message) => {
    const { faults } = await reportOf(make(...entries));
    expect(faults.map((fault) => [fault.kind, fault.message])).toEqual([['entry.missing', message]]);
  });

  test('leave no state behind before it is shown that they were', async () => {
    const state = join(emptyFolder(), 'state');
    expect((await reportOf(logWith(), { state, saveEvery: 1 })).faults).toHaveLength(1);
    expect(existsSync(state)).toBe(false);
    const folder = logWith(archived(0, at));
    expect((await reportOf(folder, { state, saveEvery: 1 })).faults).toEqual([]);
    expect(await reportOf(folder, { state })).toMatchObject({ resumedAt: 800, faults: [], entries: 800 });
  });

  test('cannot hide a rewritten log: the tiles that stand for them must give the signed root', async () => {
    const bodies = chain(800, (seq) => (seq === SIZE ? archived(0, at) : {}), good);
    const files = tileFiles({ bodies, checkpoint: note(checkpointText(bodies), logKey) });
    for (const name of ['tile/entries/000', 'tile/entries/001']) files.delete(name);
    flip(files, 'tile/1/000.p/3', 1);
    expect(brief((await reportOf(folderOf(files))).faults)).toContainEqual(['root.mismatch', 799]);
  });

  test('are told from the tables as well', async () => {
    const bodies = chain(SIZE, () => ({}), good);
    const { faults } = await inDatabase(bodies, [], ['delete from ledger_leaf where seq < 10']);
    expect(faults.map((fault) => [fault.kind, fault.message])).toEqual([['entry.missing', 'entries 0 to 9 are missing']]);
  });
});

test('a clock that went back is a note, not a fault', async () => {
  const bodies = chain(10, (seq) => (seq === 6 ? { ts: '2026-03-02T09:00:00.000Z' } : {}));
  const made = textFiles({ bodies, checkpoint: note(checkpointText(bodies), logKey) });
  const { faults, notes } = await reportOf(folderOf(made));
  expect([faults, notes]).toEqual([
    [],
    [
      {
        kind: 'clock.back',
        seq: 6,
        message: 'entry 6 is of 2026-03-02T09:00:00.000Z, the one before of 2026-03-02T10:00:05.000Z: a clock went back',
      },
    ],
  ]);
});

/** The rows that the writer would have written, put there by its owner, then tampered with. */
async function inDatabase(bodies: readonly Buffer[], statements: readonly string[], more: readonly string[] = []) {
  const db = await openTestDatabase();
  try {
    await connected(db.ownerUrl, async (client) => {
      for (const [seq, leaf] of bodies.entries()) {
        const id: unknown = JSON.parse(leaf.toString()).id;
        await client.query('insert into ledger_leaf (tenant, seq, entry_id, body, hash) values ($1, $2, $3, $4, $5)', [
          'acme',
          seq,
          id,
          leaf,
          naiveLeaf(leaf),
        ]);
      }
      for (const [name, bytes] of tileFiles({ bodies, checkpoint })) {
        const [, level, index] = /^tile\/(\d+)\/(\d+)/.exec(name) ?? [];
        if (level !== undefined)
          await client.query('insert into ledger_tile (tenant, level, index, hashes) values ($1, $2, $3, $4)', [
            'acme',
            level,
            index,
            bytes,
          ]);
      }
      const leaves = bodies.map((leaf) => naiveLeaf(leaf));
      await client.query('insert into ledger_head (tenant, size, root, last_hash, frontier) values ($1, $2, $3, $4, $5)', [
        'acme',
        bodies.length,
        naiveRoot(leaves),
        leaves.at(-1),
        Buffer.concat(naiveFrontier(leaves)),
      ]);
      await client.query('insert into ledger_checkpoint (tenant, size, note) values ($1, $2, $3)', ['acme', SIZE, checkpoint]);
      for (const statement of statements) expect((await client.query(statement)).rowCount).toBe(1);
      for (const statement of more) await client.query(statement);
    });
    const source = await openDatabase(db.ownerUrl, 'acme');
    const report = await verifyLog(source, { key: logKey.vkey });
    await source.close();
    return report;
  } finally {
    await db.close();
  }
}

test.each<[string, string, [string, number | null][]]>([
  [
    'a body',
    `update ledger_leaf set body = replace(convert_from(body, 'UTF8'), 'entry number ${k}"', 'entry humber ${k}"')::bytea where seq = ${k}`,
    [
      ['entry.altered', k],
      ['root.mismatch', null],
    ],
  ],
  ['a hash beside a body', `update ledger_leaf set hash = sha256('x') where seq = ${k}`, [['row.mismatch', k]]],
  ['the id that a row is filed under', `update ledger_leaf set entry_id = 'ent_other' where seq = ${k}`, [['row.mismatch', k]]],
  [
    'a row, deleted',
    `delete from ledger_leaf where seq = ${k}`,
    [
      ['entry.missing', k],
      ['size.mismatch', null],
    ],
  ],
  [
    'a tile',
    `update ledger_tile set hashes = set_byte(hashes, ${32 * 44}, 255 - get_byte(hashes, ${32 * 44})) where level = 0 and index = 1`,
    [['tile.mismatch', k]],
  ],
  [
    'a tile of level 1',
    'update ledger_tile set hashes = set_byte(hashes, 0, 255 - get_byte(hashes, 0)) where level = 1',
    [['tile.mismatch', 0]],
  ],
  ['the root in the head row', `update ledger_head set root = sha256('x')`, [['head.mismatch', null]]],
  ['the last hash in the head row', `update ledger_head set last_hash = sha256('x')`, [['head.mismatch', null]]],
  ['the size in the head row', `update ledger_head set size = ${SIZE - 1}`, [['head.mismatch', null]]],
  [
    'a row beyond the head',
    `insert into ledger_leaf select tenant, ${SIZE}, 'x', body, hash from ledger_leaf where seq = 0`,
    [['head.mismatch', null]],
  ],
])('in the database: %s', async (_what, statement, faults) => {
  expect(brief((await inDatabase(good, [statement])).faults)).toEqual(faults);
});

test('entries of the database that no checkpoint covers yet are verified too, and told', async () => {
  const report = await inDatabase(
    chain(SIZE + 3, () => ({}), good),
    [],
  );
  expect([report.entries, report.faults, report.notes]).toEqual([
    SIZE + 3,
    [],
    [{ kind: 'unsigned.tail', seq: SIZE, message: '3 entries are newer than the newest checkpoint' }],
  ]);
});
