import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { canonicalBytes, type Json } from '../../src/core/index.ts';
import { exportLog, type Ledger } from '../../src/ledger/index.ts';
import { checkpointText, signNote } from '../../src/ledger/note.ts';
import { verifyExport } from '../../src/ledger/verify/index.ts';
import { codeOf } from '../support/errors.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { acme, entryWith, fixedKey, key, ledgerOver } from '../support/ledger.ts';
import { connected, openTestDatabase, query, type TestDatabase } from '../support/postgres.ts';
import { naiveLeaf, naiveRoot } from './naive-tree.ts';

const SIZE = 12;
const origin = 'ledger.example/acme';
const soon = { timeout: 10_000, interval: 10 };
const hex64 = expect.stringMatching(/^[0-9a-f]{64}$/);

let db: TestDatabase;
let ledger: Ledger;
let clean: { entries: string[]; checkpoint: string; vkey: string };

function folder(): string {
  const made = makeFolder('export');
  onTestFinished(() => removeFolders([made]));
  return made;
}

/** Commits entries in one transaction and waits until a checkpoint covers them. */
async function fill(to: Ledger, database: TestDatabase['database'], data: readonly Json[]): Promise<void> {
  const entries = data.map((content) => entryWith({ content }));
  await database.transaction(acme, async (trx) => {
    for (const entry of entries) await to.append(trx, acme, entry);
  });
  const last = entries.at(-1);
  if (last === undefined) return;
  const receipt = await to.acknowledge(acme, last.id);
  await vi.waitFor(async () => expect(receipt).toMatchObject({ seq: ((await to.checkpoint(acme))?.size ?? 0) - 1 }), soon);
}

beforeAll(async () => {
  db = await openTestDatabase();
  ledger = ledgerOver(db.database);
  await fill(
    ledger,
    db.database,
    Array.from({ length: SIZE }, (_, n) => `entry number ${n}`),
  );
  const made = makeFolder('export');
  await exportLog(db.database, ledger, acme, made);
  clean = read(made);
  removeFolders([made]);
});
afterAll(async () => {
  await ledger.stop();
  await db.close();
});

function read(made: string) {
  return {
    entries: readFileSync(join(made, 'entries.jsonl'), 'utf8').split('\n').slice(0, -1),
    checkpoint: readFileSync(join(made, 'checkpoint'), 'utf8'),
    vkey: readFileSync(join(made, 'log.vkey'), 'utf8'),
  };
}

function write(files: { entries: readonly string[]; checkpoint: string; vkey: string }): string {
  const made = folder();
  writeFileSync(join(made, 'entries.jsonl'), files.entries.map((entry) => `${entry}\n`).join(''));
  writeFileSync(join(made, 'checkpoint'), files.checkpoint);
  writeFileSync(join(made, 'log.vkey'), files.vkey);
  return made;
}

async function faultsOf(made: string): Promise<[string, number | null][]> {
  return (await verifyExport(made, { verifierKey: ledger.verifierKey(acme) })).faults.map(({ kind, seq }) => [kind, seq]);
}

test('a clean export verifies, by the key that was handed over or by the one that comes with it', async () => {
  const made = folder();
  expect(await exportLog(db.database, ledger, acme, made)).toEqual({ size: SIZE });
  const verifierKey = ledger.verifierKey(acme);
  const nothing = { resumedAt: 0, faults: [], notes: [], witnesses: [] };
  const report = { log: 'acme', entries: SIZE, root: hex64, checkpointSize: SIZE, verifierKey, ...nothing };
  expect(await verifyExport(made, { verifierKey: ledger.verifierKey(acme) })).toEqual({ ...report, keySource: 'given' });
  expect(await verifyExport(made)).toEqual({ ...report, keySource: 'export' });
  expect(read(made)).toEqual(clean);
});

/** The exported file, altered. `k` is the entry that is tampered with, in the middle. */
const k = 5;
const line = (n: number) => clean.entries[n] ?? '';
const without = (...gone: number[]) => clean.entries.filter((_, n) => !gone.includes(n));
const replaced = (n: number, entry: string) => clean.entries.with(n, entry);
/** A chain that is whole in itself from `from` on: every prev is made anew. */
function rechained(entries: readonly string[], from: number): string[] {
  const made = [...entries];
  for (let n = Math.max(from, 1); n < made.length; n += 1) {
    const prev = naiveLeaf(Buffer.from(made[n - 1] ?? '')).toString('hex');
    made[n] = canonicalBytes({ ...JSON.parse(made[n] ?? ''), prev }).toString('utf8');
  }
  return made;
}

const tampered: readonly (readonly [string, () => string[], [string, number | null][]])[] = [
  [
    'one byte of an entry',
    () => replaced(k, line(k).replace('number 5', 'number 6')),
    [
      ['entry.altered', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'the first entry',
    () => replaced(0, line(0).replace('number 0', 'number 9')),
    [
      ['entry.altered', 0],
      ['root.mismatch', null],
    ],
  ],
  [
    'the last entry, which no other records',
    () => replaced(SIZE - 1, line(SIZE - 1).replace('number 11', 'number 12')),
    [['root.mismatch', SIZE - 1]],
  ],
  [
    'the prev of an entry',
    () => replaced(k, line(k).replace(/"prev":"../, '"prev":"zz')),
    [
      ['entry.altered', k - 1],
      ['entry.altered', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'two entries, swapped',
    () => clean.entries.with(k, line(k + 1)).with(k + 1, line(k)),
    [
      ['entry.misplaced', k],
      ['entry.misplaced', k + 1],
      ['root.mismatch', null],
    ],
  ],
  [
    'an entry, deleted',
    () => without(k),
    [
      ['entry.missing', k],
      ['size.mismatch', null],
    ],
  ],
  [
    'the first entry, deleted',
    () => without(0),
    [
      ['entry.missing', 0],
      ['size.mismatch', null],
    ],
  ],
  ['the tail, cut off', () => clean.entries.slice(0, SIZE - 3), [['size.mismatch', null]]],
  ['everything, cut off', () => [], [['size.mismatch', null]]],
  [
    'an entry, repeated',
    () => clean.entries.toSpliced(k, 0, line(k)),
    [
      ['entry.repeated', k],
      ['size.mismatch', null],
    ],
  ],
  [
    'an entry, appended',
    () => rechained([...clean.entries, line(SIZE - 1).replace('"seq":11', '"seq":12')], SIZE),
    [['size.mismatch', null]],
  ],
  [
    'an entry of another log',
    () => replaced(k, line(k).replace('"log":"acme"', '"log":"globex"')),
    [
      ['entry.foreign', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'an entry of another version',
    () => replaced(k, line(k).replace('"v":1', '"v":2')),
    [
      ['entry.malformed', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'a key, doubled',
    () => replaced(k, line(k).replace('"v":1', '"v":1,"v":1')),
    [
      ['entry.malformed', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'a space, added',
    () => replaced(k, line(k).replace('"v":1', '"v": 1')),
    [
      ['entry.malformed', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'a seq in quotes',
    () => replaced(k, line(k).replace('"seq":5', '"seq":"5"')),
    [
      ['entry.malformed', k],
      ['root.mismatch', null],
    ],
  ],
  [
    'an empty line',
    () => clean.entries.toSpliced(SIZE, 0, ''),
    [
      ['entry.malformed', SIZE],
      ['size.mismatch', null],
    ],
  ],
  [
    'the whole chain, rewritten so that it holds in itself',
    () => rechained(replaced(k, line(k).replace('number 5', 'number 6')), k),
    [['root.mismatch', SIZE - 1]],
  ],
  [
    'an entry, deleted, and the chain rewritten',
    () =>
      rechained(
        without(k).map((entry, n) => entry.replace(/"seq":\d+/, `"seq":${n}`)),
        k,
      ),
    [['size.mismatch', null]],
  ],
];

describe('an exported file, altered, is told by what is wrong and where', () => {
  test.each(tampered)('%s', async (_what, entries, faults) => {
    expect(await faultsOf(write({ ...clean, entries: entries() }))).toEqual(faults);
  });

  test('not UTF-8', async () => {
    const made = write(clean);
    const bytes = readFileSync(join(made, 'entries.jsonl'));
    bytes[bytes.indexOf('number 5')] = 0xff;
    writeFileSync(join(made, 'entries.jsonl'), bytes);
    expect(await faultsOf(made)).toEqual([
      ['entry.malformed', k],
      ['root.mismatch', null],
    ]);
  });

  test('no line end after the last entry is no fault', async () => {
    const made = write(clean);
    writeFileSync(join(made, 'entries.jsonl'), clean.entries.join('\n'));
    expect(await faultsOf(made)).toEqual([]);
  });
});

const signedBy = (seed: number, size: number, entries: readonly string[]) =>
  signNote(checkpointText(origin, size, naiveRoot(entries.map((entry) => naiveLeaf(Buffer.from(entry))))), [
    fixedKey(seed).signerFor(origin),
  ]);

describe('an exported checkpoint, altered, is refused', () => {
  test.each([
    ['its size, edited', () => clean.checkpoint.replace(`\n${SIZE}\n`, `\n${SIZE - 1}\n`), 'verify.signature_invalid'],
    [
      'its root, edited',
      () => clean.checkpoint.replace(/\n.{44}\n/, `\n${naiveRoot([]).toString('base64')}\n`),
      'verify.signature_invalid',
    ],
    ['signed by another key', () => signedBy(8, SIZE, clean.entries), 'verify.signature_invalid'],
    [
      'of another log',
      () => signNote(checkpointText('ledger.example/globex', SIZE, naiveRoot([])), [key.signerFor('ledger.example/globex')]),
      'verify.origin_mismatch',
    ],
    ['emptied', () => '', 'verify.checkpoint_malformed'],
  ])('%s', async (_what, checkpoint, code) => {
    expect(await codeOf(verifyExport(write({ ...clean, checkpoint: checkpoint() }), { verifierKey: ledger.verifierKey(acme) }))).toBe(code);
  });

  test('a rewritten log with a checkpoint and a key of its own agrees with itself, and not with the key that was handed over', async () => {
    const entries = rechained(replaced(k, line(k).replace('number 5', 'number 6')), k);
    const made = write({ entries, checkpoint: signedBy(8, SIZE, entries), vkey: fixedKey(8).signerFor(origin).verifierKey });
    expect(await verifyExport(made)).toMatchObject({ keySource: 'export', faults: [] });
    expect(await codeOf(verifyExport(made, { verifierKey: ledger.verifierKey(acme) }))).toBe('verify.signature_invalid');
  });

  test('a rewritten log, signed again with the very key, does not continue the checkpoint that was kept from before', async () => {
    const { verifierKey } = fixedKey(7).signerFor(origin);
    const entries = rechained(replaced(k, line(k).replace('number 5', 'number 6')), k);
    const forged = write({ ...clean, entries, checkpoint: signedBy(7, SIZE, entries) });
    expect(await verifyExport(forged, { verifierKey })).toMatchObject({ faults: [] });
    const since = clean.checkpoint;
    const faultsSince = async (folder: string) => (await verifyExport(folder, { verifierKey, since })).faults;
    expect((await faultsSince(forged)).map(({ kind, seq }) => [kind, seq])).toEqual([['history.forked', null]]);
    expect(await faultsSince(write(clean))).toEqual([]);
    const earlier = clean.entries.slice(0, SIZE - 1);
    expect(await faultsSince(write({ ...clean, entries: earlier, checkpoint: signedBy(7, SIZE - 1, earlier) }))).toEqual([
      { kind: 'history.rewritten', seq: null, message: `the log has ${SIZE - 1} entries, the checkpoint kept from earlier has ${SIZE}` },
    ]);
  });

  test('a line longer than any entry may be is malformed, and ends the reading', async () => {
    const made = write({ ...clean, entries: [...clean.entries.slice(0, 3), 'x'.repeat(3_000_000)] });
    expect((await faultsOf(made)).slice(0, 2)).toEqual([
      ['entry.malformed', 3],
      ['size.mismatch', null],
    ]);
  });

  test('a folder in the place of a file is refused', async () => {
    const made = write(clean);
    removeFolders([join(made, 'entries.jsonl')]);
    mkdirSync(join(made, 'entries.jsonl'));
    expect(await codeOf(verifyExport(made))).toBe('verify.file_unreadable');
  });

  test.each(['entries.jsonl', 'checkpoint', 'log.vkey'])('a folder without `%s` is refused', async (name) => {
    const made = write(clean);
    removeFolders([join(made, name)]);
    expect(await codeOf(verifyExport(made))).toBe('verify.file_unreadable');
  });
});

/** The same as superuser in the database, before the export; on a copy of the log each. */
describe('a database, tampered with by its superuser before the export', () => {
  const body = (seq: number) => `(select body from ledger_leaf where seq = ${seq})`;
  const edit = (seq: number) =>
    `update ledger_leaf set body = replace(convert_from(body, 'UTF8'), 'number ', 'humber ')::bytea where seq = ${seq}`;

  test.each<[string, string[], [string, number | null][]]>([
    [
      'one byte of an entry',
      [edit(k)],
      [
        ['entry.altered', k],
        ['root.mismatch', null],
      ],
    ],
    ['the last entry', [edit(SIZE - 1)], [['root.mismatch', SIZE - 1]]],
    [
      'two entries, swapped',
      [`update ledger_leaf set body = case seq when ${k} then ${body(k + 1)} else ${body(k)} end where seq in (${k}, ${k + 1})`],
      [
        ['entry.misplaced', k],
        ['entry.misplaced', k + 1],
        ['root.mismatch', null],
      ],
    ],
    [
      'an entry, deleted',
      [`delete from ledger_leaf where seq = ${k}`],
      [
        ['entry.missing', k],
        ['size.mismatch', null],
      ],
    ],
    ['the tail, cut off', [`delete from ledger_leaf where seq >= ${SIZE - 2}`], [['size.mismatch', null]]],
    [
      'the tail, cut off with the head',
      [`delete from ledger_leaf where seq >= ${SIZE - 2}`, `update ledger_head set size = ${SIZE - 2}`],
      [['size.mismatch', null]],
    ],
    [
      'an entry, appended beyond the checkpoint',
      [`insert into ledger_leaf select tenant, ${SIZE}, 'x', body, hash from ledger_leaf where seq = 0`],
      [],
    ],
    [
      'an entry of another log',
      [`update ledger_leaf set body = replace(convert_from(body, 'UTF8'), '"acme"', '"evil"')::bytea where seq = ${k}`],
      [
        ['entry.foreign', k],
        ['root.mismatch', null],
      ],
    ],
    [
      'a key, doubled',
      [`update ledger_leaf set body = replace(convert_from(body, 'UTF8'), '"v":1', '"v":1,"v":1')::bytea where seq = ${k}`],
      [
        ['entry.malformed', k],
        ['root.mismatch', null],
      ],
    ],
  ])('%s', async (_what, statements, faults) => {
    await tampering(statements, async () => {
      const made = folder();
      await exportLog(db.database, ledger, acme, made);
      expect(await faultsOf(made)).toEqual(faults);
    });
  });

  test.each<[string, string, string]>([
    ['the checkpoint’s size', `update ledger_checkpoint set note = replace(note, E'\\n12\\n', E'\\n11\\n')`, 'verify.signature_invalid'],
    [
      'the checkpoint’s signature',
      `update ledger_checkpoint set note = regexp_replace(note, '— (\\S+) .*', E'— \\\\1 AAAA\\n')`,
      'verify.checkpoint_malformed',
    ],
  ])('%s', async (_what, statement, code) => {
    await tampering([statement], async () => {
      const made = folder();
      await exportLog(db.database, ledger, acme, made);
      expect(await codeOf(verifyExport(made, { verifierKey: ledger.verifierKey(acme) }))).toBe(code);
    });
  });

  /** Tampers, looks, and puts everything back. */
  async function tampering(statements: readonly string[], look: () => Promise<void>): Promise<void> {
    const tables = ['ledger_leaf', 'ledger_head', 'ledger_checkpoint'];
    await connected(db.ownerUrl, async (client) => {
      for (const table of tables) await client.query(`create temp table kept_${table} as table ${table}`);
      for (const statement of statements) expect((await client.query(statement)).rowCount).toBeGreaterThan(0);
      try {
        await look();
      } finally {
        for (const table of tables) await client.query(`truncate ${table}; insert into ${table} table kept_${table}`);
      }
    });
  }
});

test('a log larger than a chunk and a page: lines are cut right, and one deleted entry makes no other wrong', async () => {
  const large = await openTestDatabase();
  const other = ledgerOver(large.database);
  const size = 2_200;
  await fill(
    other,
    large.database,
    Array.from({ length: size }, (_, n) => 'é'.repeat(300 + (n % 97))),
  );
  const made = folder();
  await exportLog(large.database, other, acme, made);
  expect(readFileSync(join(made, 'entries.jsonl')).length).toBeGreaterThan(1.5 * 2 ** 20);
  expect(await verifyExport(made, { verifierKey: other.verifierKey(acme) })).toMatchObject({
    entries: size,
    checkpointSize: size,
    faults: [],
  });
  await query(large.ownerUrl, 'delete from ledger_leaf where seq = 500');
  await exportLog(large.database, other, acme, made);
  const report = await verifyExport(made, { verifierKey: other.verifierKey(acme) });
  expect(report.entries).toBe(size - 1);
  expect(report.faults).toEqual([
    { kind: 'entry.missing', seq: 500, message: 'entry 500 is missing' },
    { kind: 'size.mismatch', seq: null, message: `there are ${size - 1} entries, the signed checkpoint has ${size}` },
  ]);
  await other.stop();
  await large.close();
});

test('a log without a checkpoint is not exported', async () => {
  const empty = await openTestDatabase();
  expect(await codeOf(exportLog(empty.database, ledgerOver(empty.database), acme, folder()))).toBe('ledger.out_of_range');
  await empty.close();
});
