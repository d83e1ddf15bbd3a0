import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newId, type TenantId, tenantId } from '../../src/core/index.ts';
import type { Ledger, LedgerOptions } from '../../src/ledger/index.ts';
import { openDatabase as openSourceOfTables, verifyCheckpoint, verifyLog } from '../../src/ledger/verify/index.ts';
import { Database } from '../../src/storage/index.ts';
import { refusalOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { commit, entryWith, ledgerOver } from '../support/ledger.ts';
import { openTestDatabase, query, type TestDatabase } from '../support/postgres.ts';

/** Several logs in one transaction: what each gets, and that none gets in another's way. */
const logs = Array.from({ length: 12 }, (_, n) => tenantId(`log-${n}`));
const [victim] = logs.slice(5);
const others = logs.filter((log) => log !== victim);
const soon = { timeout: 20_000, interval: 10 };
let db: TestDatabase;
let sequencing: Database;
let errors: { log: string; error: unknown }[];
let ledger: Ledger;

/** Every log has an entry, which is signed: a new one goes alone. */
beforeEach(async () => {
  db = await openTestDatabase({ poolSize: 12 });
  sequencing = new Database({ appUrl: db.appUrl, poolSize: 4, prepared: true });
  errors = [];
  const first = open();
  await recordIn(first, logs, 0);
  await recordIn(first, logs, 1);
  await first.stop();
  expect(errors).toEqual([]);
  ledger = open();
});
afterEach(async () => {
  await ledger.stop();
  await sequencing.close();
  await db.close();
});

function open(over: Partial<LedgerOptions> = {}): Ledger {
  return ledgerOver(db.database, { sequencing, onError: (log, error) => errors.push({ log, error }), ...over });
}

function recordIn(by: Ledger, into: readonly TenantId[], n: number) {
  return Promise.all(into.map((log) => by.record(log, entryWith({ log, n }), ['alert:shared'])));
}

const transactionsOf = async (table: string, where: string) =>
  (await query(db.ownerUrl, `select count(distinct xmin::text)::int as n from ${table} where ${where}`))[0]?.['n'];
const seqs = (receipts: readonly object[]) => receipts.map((receipt) => 'seq' in receipt && receipt.seq);

test('each entry gets the next place of its own log, and each log a whole tree, all in one transaction', async () => {
  const receipts = await recordIn(ledger, logs, 2);
  expect(seqs(receipts)).toEqual(logs.map(() => 2));
  expect(await transactionsOf('ledger_leaf', 'seq = 2')).toBe(1);
  await ledger.stop();
  expect(await transactionsOf('ledger_checkpoint', 'size = 3')).toBe(1);
  for (const log of logs) {
    const rows = await query(db.ownerUrl, 'select body from ledger_leaf where tenant = $1 order by seq', [log]);
    expect(rows.map(({ body }) => JSON.parse(String(body)))).toMatchObject([0, 1, 2].map((seq) => ({ log, seq, data: { log, n: seq } })));
    const source = await openSourceOfTables(db.ownerUrl, log);
    const report = await verifyLog(source, { key: ledger.verifierKey(log) });
    expect([report.faults, report.entries]).toEqual([[], 3]);
    const note = (await ledger.checkpoint(log))?.note ?? '';
    expect(verifyCheckpoint(note, ledger.verifierKey(log))).toMatchObject({ size: 3 });
    const timeline = await db.database.transaction(log, (trx) => ledger.timeline(trx, log, 'alert:shared', -1, 10));
    expect(timeline.map(({ seq }) => seq)).toEqual([0, 1, 2]);
  }
});

test('one id in two logs stands for two entries; again in its own it keeps its place', async () => {
  const id = newId('entry');
  const [here, there] = [logs[0] ?? victim, logs[1] ?? victim];
  if (here === undefined || there === undefined) throw new Error('there are logs');
  const both = () =>
    Promise.all([ledger.record(here, entryWith({ at: 'here' }, id)), ledger.record(there, entryWith({ at: 'there' }, id))]);
  const receipts = await both();
  expect(await both()).toEqual(receipts);
  const [fine, refused] = await Promise.allSettled([
    ledger.record(here, entryWith({ at: 'here' }, id)),
    ledger.record(there, entryWith({ at: 'here' }, id)),
  ]);
  expect([fine.status, refused]).toMatchObject(['fulfilled', { reason: { code: 'ledger.conflict' } }]);
});

test('an id that waits in one log and has its place in another stands for two entries', async () => {
  const [here, there, other] = [tenantId('log-0'), tenantId('log-1'), tenantId('log-2')];
  const id = newId('entry');
  await ledger.record(here, entryWith({ at: 'here' }, id));
  await commit(db.database, ledger, entryWith({ at: 'there' }, id), there);
  const receipts = await Promise.all([ledger.acknowledge(there, id), recordIn(ledger, [here, other], 3)]);
  expect(receipts).toMatchObject([{ status: 'SEQUENCED', log: there, seq: 2 }, [{ seq: 3 }, { seq: 2 }]]);
  expect(await query(db.ownerUrl, 'select from ledger_quarantine')).toEqual([]);
  expect(await transactionsOf('ledger_leaf', `(tenant, seq) in (('log-0', 3), ('log-1', 2), ('log-2', 2))`)).toBe(1);
});

/** `transactions`: of the others. Where the server refuses all of them, each goes alone. */
const harms: [string, string, { code: string; transactions: number }][] = [
  ['whose tile is gone', 'delete from ledger_tile where tenant = $1', { code: 'ledger.inconsistent', transactions: 1 }],
  [
    'whose head was altered',
    `update ledger_head set last_hash = sha256('x') where tenant = $1`,
    { code: 'ledger.inconsistent', transactions: 1 },
  ],
  [
    'in which somebody put a leaf where the next one belongs',
    `insert into ledger_leaf (tenant, seq, entry_id, body, hash) values ($1, 2, 'ent_x', 'x', 'x')`,
    { code: '23505', transactions: others.length },
  ],
];
test.each(harms)('a log %s is told of, and holds nobody up', async (_which, harm, { code, transactions }) => {
  await query(db.ownerUrl, harm, [victim]);
  const [harmed, whole] = await Promise.allSettled([recordIn(ledger, logs.slice(5, 6), 2), recordIn(ledger, others, 2)]);
  expect(harmed).toMatchObject({ status: 'rejected', reason: { code } });
  expect(whole.status === 'fulfilled' && seqs(whole.value)).toEqual(others.map(() => 2));
  expect(await transactionsOf('ledger_leaf', `seq = 2 and tenant <> '${victim}'`)).toBe(transactions);
  const [again, after] = await Promise.allSettled([recordIn(ledger, logs.slice(5, 6), 3), recordIn(ledger, others, 3)]);
  expect([again, after]).toMatchObject([{ status: 'rejected', reason: { code } }, { status: 'fulfilled' }]);
  expect(await transactionsOf('ledger_leaf', `seq = 3 and tenant <> '${victim}'`)).toBe(1); // it goes by itself now
  const groups = errors.filter(({ log }) => log === '*').map(({ error }) => error);
  expect(groups).toMatchObject(transactions === 1 ? [] : [{ code: 'ledger.group_failed', cause: { code } }]);
});

test('a log whose head somebody holds waits for it by itself', async () => {
  const [locked, release] = [gate(), gate()];
  const holder = db.database.transaction(logs, async (trx) => {
    await sql`select from ledger_head where tenant = ${victim} for update`.execute(trx);
    locked.open();
    await release.opened;
  });
  await locked.opened;
  const waits = recordIn(ledger, logs.slice(5, 6), 2);
  expect(seqs(await recordIn(ledger, others, 2))).toEqual(others.map(() => 2));
  release.open();
  await holder;
  expect(seqs(await waits)).toEqual([2]);
});

test('a log whose tree is not the one that was signed is not signed, says so, and keeps no other from it', async () => {
  await query(
    db.ownerUrl,
    `update ledger_tile set hashes = overlay(hashes placing decode(repeat('00', 32), 'hex') from 1 for 32) where tenant = $1`,
    [victim],
  );
  await recordIn(ledger, logs, 2);
  await vi.waitFor(async () => {
    const rows = await query(db.ownerUrl, 'select tenant from ledger_checkpoint where size = 3');
    expect(rows.map(({ tenant }) => tenant).toSorted()).toEqual([...others].toSorted());
  }, soon);
  await vi.waitFor(() => expect(errors).toMatchObject([{ log: victim, error: { code: 'ledger.inconsistent' } }]), soon);
});

describe('a log whose last checkpoint this gateway', () => {
  const broken = new Error('the disk is gone');
  const lost = (log: string): undefined => {
    if (log === victim) throw broken;
  };
  const three = logs.slice(4, 7);
  const signedAt3 = async () =>
    (await query(db.ownerUrl, 'select tenant from ledger_checkpoint where size = 3 order by tenant')).map(({ tenant }) => tenant);

  test('cannot keep says so, and the others are kept; all are shown', async () => {
    const [kept, shown] = [new Map<string, string>(), new Map<string, string>()];
    const keep = (log: string, note: string): void => {
      lost(log);
      kept.set(log, note);
    };
    const by = open({ anchor: { read: () => undefined, keep }, onSigned: (log, { note }) => shown.set(log, note) });
    await recordIn(by, three, 2);
    await by.stop();
    expect(errors).toEqual([{ log: victim, error: broken }]);
    expect(await transactionsOf('ledger_checkpoint', 'size = 3')).toBe(1);
    expect([...shown.keys()].toSorted()).toEqual(three);
    expect([...kept.keys()].toSorted()).toEqual(three.filter((log) => log !== victim));
    for (const [log, note] of shown) expect(verifyCheckpoint(note, by.verifierKey(tenantId(log)))).toMatchObject({ size: 3 });
  });

  test('cannot read is not signed and says so, and the others are signed together', async () => {
    const by = open({ anchor: { read: lost, keep: () => undefined } });
    await recordIn(by, three, 2);
    await by.stop();
    expect(errors).toEqual([{ log: victim, error: broken }]);
    expect(await signedAt3()).toEqual(three.filter((log) => log !== victim));
    expect(await transactionsOf('ledger_checkpoint', 'size = 3')).toBe(1);
  });
});

test('a database that goes away in the middle: each log is told, and all go on when it is back', async () => {
  await query(
    db.ownerUrl,
    `create function die() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`,
  );
  await query(db.ownerUrl, 'create trigger die before insert on ledger_tile for each statement execute function die()');
  const codes = await Promise.all(logs.map((log) => refusalOf(ledger.record(log, entryWith({ log }))).then(({ code }) => code)));
  expect(codes).toEqual(logs.map(() => 'storage.unavailable'));
  await query(db.ownerUrl, 'drop trigger die on ledger_tile');
  expect(seqs(await recordIn(ledger, logs, 2))).toEqual(logs.map(() => 2));
});
