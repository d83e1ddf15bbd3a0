import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportLog, type Ledger, LedgerKey } from '../../../src/ledger/index.ts';
import { openDatabase, openSource, verifyLog } from '../../../src/ledger/verify/index.ts';
import { acme, entryWith, keyPem, ledgerOver } from '../../support/ledger.ts';
import { openTestDatabase, query, type TestDatabase } from '../../support/postgres.ts';
import { type Installation, untilSigned } from '../witness-fixture.ts';
import { emptyFolder } from './maker.ts';

/** A log of the real writer, signed by one key and then by another. */
const SIZE = 701;
const [old, fresh] = [LedgerKey.parse(keyPem(7), 'test'), LedgerKey.parse(keyPem(8) + keyPem(7), 'test')];
const vkey = (of: typeof old) => of.signerFor('ledger.example/acme').verifierKey;

let db: TestDatabase;
let ledger: Ledger;

beforeAll(async () => {
  db = await openTestDatabase({ poolSize: 12 });
  const before = ledgerOver(db.database, { key: old, signMilliseconds: 5 });
  await fill({ ...db, ledger: before }, 350, 350);
  await before.stop();
  ledger = ledgerOver(db.database, { key: fresh, signMilliseconds: 5 });
  await fill({ ...db, ledger }, SIZE - 351, SIZE);
});
afterAll(async () => {
  await ledger.stop();
  await db.close();
});

async function fill(to: Installation, entries: number, size: number): Promise<void> {
  await Promise.all(Array.from({ length: entries }, (_, n) => to.ledger.record(acme, entryWith({ n }))));
  await untilSigned(to, size);
}

test('text, tiles and tables of the real writer verify alike, by the key of before the rotation and by the one after', async () => {
  const [text, tiles] = [emptyFolder(), emptyFolder()];
  await exportLog(db.database, ledger, acme, text);
  await exportLog(db.database, ledger, acme, tiles, { format: 'tiles' });
  const reports: unknown[] = [];
  for (const key of [vkey(old), vkey(fresh)]) {
    for (const open of [() => openSource(text), () => openSource(tiles), () => openDatabase(db.ownerUrl, 'acme')]) {
      const source = await open();
      const { root, notes, ...report } = await verifyLog(source, { key });
      await source.close();
      reports.push(report);
    }
  }
  const report = { log: 'acme', entries: SIZE, checkpointSize: SIZE, resumedAt: 0, faults: [], keySource: 'given', witnesses: [] };
  expect(reports).toEqual(Array.from({ length: 6 }, () => ({ ...report, verifierKey: vkey(fresh) })));
});

test.each<[string, string, [string, number | null][]]>([
  [
    'one body, by its superuser',
    `update ledger_leaf set body = convert_to(replace(convert_from(body, 'UTF8'), '"n":77', '"n":78'), 'UTF8') where seq = 77`,
    [
      ['entry.altered', 77],
      ['root.mismatch', null],
    ],
  ],
  [
    'a body with its hash',
    `update ledger_leaf set body = body || ' ', hash = sha256('\\x00'::bytea || body || ' ') where seq = ${SIZE - 1}`,
    [
      ['entry.malformed', SIZE - 1],
      ['root.mismatch', null],
    ],
  ],
  ['the head, rolled back', `update ledger_head set last_hash = (select hash from ledger_leaf where seq = 3)`, [['head.mismatch', null]]],
])('the tables say where: %s', async (_what, statement, faults) => {
  const tables = ['ledger_leaf', 'ledger_head'];
  for (const table of tables) await query(db.ownerUrl, `create table kept_${table} as table ${table}`);
  try {
    await query(db.ownerUrl, statement);
    const source = await openDatabase(db.ownerUrl, 'acme');
    const report = await verifyLog(source, { key: vkey(old) });
    await source.close();
    expect(report.faults.map(({ kind, seq }) => [kind, seq])).toEqual(faults);
  } finally {
    for (const table of tables)
      await query(db.ownerUrl, `truncate ${table}; insert into ${table} table kept_${table}; drop table kept_${table}`);
  }
});
