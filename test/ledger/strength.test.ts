import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { canonicalBytes, isJsonObject, metaLog, type TenantId, tenantId } from '../../src/core/index.ts';
import { type Ledger, LedgerKey, type LedgerOptions } from '../../src/ledger/index.ts';
import { openDatabase as openSourceOfTables, verifyCheckpoint, verifyLog } from '../../src/ledger/verify/index.ts';
import { Database } from '../../src/storage/index.ts';
import { refusalOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { acme, commit, entryWith, keyPem, ledgerOver } from '../support/ledger.ts';
import { openTestDatabase, query, type TestDatabase } from '../support/postgres.ts';

const soon = { timeout: 10_000, interval: 10 };
let db: TestDatabase;
let errors: { log: string; error: unknown }[];
const opened: Ledger[] = [];

beforeEach(async () => {
  db = await openTestDatabase({ poolSize: 12 });
  errors = [];
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((ledger) => ledger.stop()));
  await db.close();
});

function open(over: Partial<LedgerOptions> = {}): Ledger {
  const ledger = ledgerOver(db.database, { onError: (log, error) => errors.push({ log, error }), ...over });
  opened.push(ledger);
  return ledger;
}

async function append(ledger: Ledger, n: number, log = acme) {
  return ledger.acknowledge(log, await commit(db.database, ledger, entryWith({ n }), log));
}

/** The leaves of a log as JSON, in order. */
async function leaves(log: string = acme) {
  const rows = await query(db.ownerUrl, 'select body from ledger_leaf where tenant = $1 order by seq', [log]);
  return rows.map(({ body }) => JSON.parse(String(body)));
}

const noteAt = async (size: number) =>
  String((await query(db.ownerUrl, 'select note from ledger_checkpoint where tenant = $1 and size = $2', [acme, size]))[0]?.['note']);
const signed = (ledger: Ledger, size: number, log = acme) =>
  vi.waitFor(async () => expect((await ledger.checkpoint(log))?.size).toBe(size), soon);

describe('what waits in the outbox and is', () => {
  const tampering: [string, string][] = [
    ['altered', `update ledger_outbox set body = convert_to(replace(convert_from(body, 'UTF8'), '"n":1', '"n":2'), 'UTF8')`],
    ['shown in another timeline', `update ledger_outbox set subjects = array['incident:other']`],
    ['given another id', `update ledger_outbox set entry_id = 'ent_018f0000-0000-7000-8000-000000000000'`],
    ['sealed by nobody', `update ledger_outbox set seal = substr(seal, 1, 4) || decode(repeat('00', 32), 'hex')`],
    ['cut off its seal', `update ledger_outbox set seal = substr(seal, 1, 4)`],
  ];
  test.each(tampering)('%s goes to quarantine, and the log says so', async (_what, tamper) => {
    const ledger = open();
    const id = await commit(db.database, ledger, entryWith({ n: 1 }));
    await query(db.ownerUrl, tamper);
    const [row] = await query(db.ownerUrl, `select entry_id, 'sha256:' || encode(sha256(body), 'hex') as digest from ledger_outbox`);
    expect(await append(ledger, 3)).toMatchObject({ seq: 0 }); // what is whole goes on
    expect(await leaves()).toMatchObject([
      { data: { n: 3 } },
      {
        type: 'ledger.entry_refused',
        subject: 'ledger:acme',
        actor: { id: 'system:ledger', kind: 'system' },
        data: { entryId: row?.['entry_id'], digest: row?.['digest'], reason: 'seal' },
      },
    ]);
    expect(errors).toMatchObject([{ log: 'acme', error: { code: 'ledger.entry_refused' } }]);
    expect(await query(db.ownerUrl, 'select reason from ledger_quarantine')).toEqual([{ reason: 'seal' }]);
    expect(await query(db.ownerUrl, 'select 1 from ledger_outbox')).toEqual([]);
    expect(await ledger.receipt(acme, id)).toBeUndefined();
  });

  test('sealed under a key that is not here waits for the gateway that has it', async () => {
    const id = await commit(db.database, open({ key: LedgerKey.parse(keyPem(9), 'test') }), entryWith({ n: 1 }));
    const ledger = open();
    expect(await append(ledger, 2)).toMatchObject({ seq: 0 });
    expect(await ledger.receipt(acme, id)).toMatchObject({ status: 'PENDING' });
    const both = open({ key: LedgerKey.parse(keyPem(7) + keyPem(9), 'test') });
    expect(await both.acknowledge(acme, id)).toMatchObject({ seq: 1 });
    expect(errors).toEqual([]);
  });
});

test('a row that was sequenced and is put back by somebody keeps its place; under it another content is refused', async () => {
  const ledger = open();
  const entry = entryWith({ n: 1 });
  await commit(db.database, ledger, entry);
  await query(db.ownerUrl, 'create table kept as select * from ledger_outbox');
  expect(await ledger.acknowledge(acme, entry.id)).toMatchObject({ seq: 0 });
  const restore =
    'insert into ledger_outbox (tenant, entry_id, body, subjects, seal) select tenant, entry_id, body, subjects, seal from kept';
  await query(db.ownerUrl, restore);
  expect(await append(ledger, 2)).toMatchObject({ seq: 1 });
  expect(await query(db.ownerUrl, 'select 1 from ledger_outbox')).toEqual([]);
  await query(db.ownerUrl, restore);
  await query(db.ownerUrl, `update ledger_outbox set body = convert_to(replace(convert_from(body, 'UTF8'), '"n":1', '"n":2'), 'UTF8')`);
  expect(await append(ledger, 3)).toMatchObject({ seq: 2 });
  expect((await leaves()).map(({ type, data }) => [type, data.reason ?? data.n])).toEqual([
    ['incident.acknowledge', 1],
    ['incident.acknowledge', 2],
    ['incident.acknowledge', 3],
    ['ledger.entry_refused', 'seal'],
  ]);
});

describe('who writes the tables as the application does', () => {
  const asApp = (text: string) => db.database.transaction(acme, (trx) => sql.raw(text).execute(trx));

  test('cannot have an entry acknowledged that the tree does not hold', async () => {
    const ledger = open();
    await append(ledger, 0);
    const id = await commit(db.database, ledger, entryWith({ n: 1 }));
    await asApp(
      `insert into ledger_leaf (tenant, seq, entry_id, body, hash) select 'acme', 1000000, entry_id, body, sha256(body) from ledger_outbox`,
    );
    await expect(asApp('delete from ledger_outbox')).rejects.toThrow(`ledger entry ${id} has no place in the log yet`);
    expect(await ledger.receipt(acme, id)).toMatchObject({ status: 'PENDING' });
  });

  describe.each([acme, metaLog])('and puts an entry beyond the end of the tree of the log %s', (log) => {
    const entry = entryWith({ n: 1 });
    const body = canonicalBytes({ ...entry, actor: { ...entry.actor } });
    const plant = () =>
      db.database.transaction(log, (trx) =>
        sql`insert into ledger_leaf (tenant, seq, entry_id, body, hash) values (${log}, 1000000, ${entry.id}, ${body}, sha256(${body}))`.execute(
          trx,
        ),
      );

    test('cannot have it recorded', async () => {
      const ledger = open();
      await append(ledger, 0, log);
      await plant();
      await expect(ledger.record(log, entry)).rejects.toMatchObject({ code: '23505', constraint: 'ledger_leaf_tenant_entry_id_key' });
    });

    test('cannot have it taken out of the outbox as if it had its place', async () => {
      const ledger = open();
      await append(ledger, 0, log);
      await commit(db.database, ledger, entry, log);
      await plant();
      expect(await ledger.acknowledge(log, entry.id)).toMatchObject({ status: 'PENDING' });
      expect(errors.at(-1)).toMatchObject({ log, error: { code: '23505', constraint: 'ledger_leaf_tenant_entry_id_key' } });
    });
  });

  test('cannot make an entry disappear through quarantine, nor keep a real one out of it', async () => {
    const ledger = open();
    const id = await commit(db.database, ledger, entryWith({ n: 1 }));
    await asApp(
      `insert into ledger_quarantine (tenant, position, entry_id, body, seal, reason) select 'acme', position, 'ent_x', '', '', 'seal' from ledger_outbox`,
    );
    await expect(asApp('delete from ledger_outbox')).rejects.toThrow(`ledger entry ${id} has no place in the log yet`);
    await query(db.ownerUrl, `update ledger_outbox set body = convert_to('{}', 'UTF8')`);
    await append(ledger, 2);
    expect((await leaves()).map(({ type }) => type)).toEqual(['incident.acknowledge', 'ledger.entry_refused']);
    expect(await query(db.ownerUrl, 'select 1 from ledger_outbox')).toEqual([]);
  });
});

describe('record', () => {
  test('of many at once gives each its place in one transaction', async () => {
    const ledger = open();
    const receipts = await Promise.all(Array.from({ length: 200 }, (_, n) => ledger.record(acme, entryWith({ n }), ['alert:a'])));
    expect(receipts.map((receipt) => receipt.status === 'SEQUENCED' && receipt.seq).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 200 }, (_, seq) => seq),
    );
    const [{ transactions } = {}] = await query(db.ownerUrl, 'select count(distinct xmin::text)::int as transactions from ledger_leaf');
    expect(transactions).toBe(1); // all came before the first had its lock
    const timeline = await db.database.transaction(acme, (trx) => ledger.timeline(trx, acme, 'alert:a', -1, 300));
    expect(timeline).toHaveLength(200);
  });

  test('of the same entry again gives its place again, of another under its id is refused, and the others of the batch are placed', async () => {
    const ledger = open();
    const [first, second] = [entryWith({ n: 1 }), entryWith({ n: 2 })];
    const place = await ledger.record(acme, first);
    const [again, conflict, other] = await Promise.allSettled([
      ledger.record(acme, first),
      ledger.record(acme, { ...first, data: { n: 9 } }),
      ledger.record(acme, second),
    ]);
    expect(again).toEqual({ status: 'fulfilled', value: place });
    expect(conflict).toMatchObject({ status: 'rejected', reason: { code: 'ledger.conflict' } });
    expect(other).toMatchObject({ value: { seq: 1 } });
    expect(await leaves()).toHaveLength(2);
  });
});

test('a log whose backlog is full refuses appends, drops nothing, and takes them again when it is drained', async () => {
  const ledger = open({ maxBacklog: 3, sweepMilliseconds: 5 });
  for (let n = 0; n < 3; n += 1) await commit(db.database, ledger, entryWith({ n }));
  const refusal = await refusalOf(commit(db.database, ledger, entryWith({ n: 3 })));
  expect([refusal.code, refusal.message]).toEqual(['ledger.backlog_full', '3 entries of log `acme` wait for their place']);
  await commit(db.database, ledger, entryWith({ n: 0 }), tenantId('globex')); // another log is not concerned
  ledger.start();
  await vi.waitFor(async () => expect(await leaves()).toHaveLength(3), soon);
  expect(await append(ledger, 4)).toMatchObject({ seq: 3 });
});

describe('a sequencer that freezes with the head in its hand', () => {
  test('is ended by the server, and another goes on; when it wakes, it has changed nothing', async () => {
    const frozenPool = new Database({ appUrl: db.appUrl, poolSize: 1, idleMilliseconds: 300 });
    const [held, wake] = [gate(), gate()];
    const entry = entryWith({ n: 0 });
    await commit(db.database, open(), entry);
    const frozen = refusalOf(
      frozenPool.transaction(acme, async (trx) => {
        await trx
          .insertInto('ledger_head')
          .values({ tenant: acme, size: 0n, root: Buffer.alloc(32), last_hash: null, frontier: Buffer.alloc(0) })
          .execute();
        held.open();
        await wake.opened;
        await trx.updateTable('ledger_head').set({ size: 1n }).where('tenant', '=', acme).execute();
      }),
    );
    await held.opened;
    expect(await open().acknowledge(acme, entry.id)).toMatchObject({ seq: 0 });
    wake.open();
    expect(await frozen).toMatchObject({ code: 'storage.unavailable' });
    expect(await query(db.ownerUrl, 'select size::int from ledger_head')).toEqual([{ size: 1 }]);
    await frozenPool.close();
  });
});

test('more logs than a transaction takes, with a backlog each: a busy one takes its turn as the others do', async () => {
  const turns: string[][] = [];
  const sequencing = new Database({ appUrl: db.appUrl, poolSize: 2 });
  const transaction = sequencing.transaction.bind(sequencing);
  vi.spyOn(sequencing, 'transaction').mockImplementation((logs, work) => {
    turns.push([logs].flat());
    return transaction(logs, work);
  });
  const busy = tenantId('busy');
  const quiet = Array.from({ length: 129 }, (_, n) => tenantId(`quiet-${n}`));
  const writer = open();
  await Promise.all([busy, ...quiet].map((log) => append(writer, 0, log))); // a new log goes alone, once
  for (let n = 0; n < 12; n += 1) await commit(db.database, writer, entryWith({ n }), busy);
  const last = await commit(db.database, writer, entryWith({ last: true }), busy);
  const ids = await Promise.all(quiet.map((log) => commit(db.database, writer, entryWith({}), log)));
  const ledger = open({ sequencing, batchSize: 2, signMilliseconds: 3_600_000 });
  const placed: Promise<unknown>[] = [ledger.acknowledge(busy, last), ...quiet.map((log, n) => ledger.acknowledge(log, ids[n] ?? last))];
  await Promise.all(placed);
  expect(turns.filter((logs) => logs.includes(busy)).length).toBeGreaterThanOrEqual(7);
  // It comes first, and again when all others had their turn.
  expect(turns.slice(0, 3)).toEqual([[busy, ...quiet.slice(0, 63)], quiet.slice(63, 127), [...quiet.slice(127), busy]]);
  await ledger.stop();
  await sequencing.close();
});

describe('rotation', () => {
  const [old, fresh] = [LedgerKey.parse(keyPem(7), 'test'), LedgerKey.parse(keyPem(8) + keyPem(7), 'test')];

  test('hands a log over: an entry under the old key, a checkpoint of both, and from then on the new one alone', async () => {
    const before = open({ key: old });
    await append(before, 0);
    await signed(before, 1);
    await before.stop();
    const after = open({ key: fresh });
    await append(after, 1);
    await signed(after, 3);
    const [from, to] = [before.verifierKey(acme), after.verifierKey(acme)];
    expect((await leaves())[2]).toMatchObject({ type: 'ledger.key_rotated', subject: 'ledger:acme', data: { from, to } });
    for (const verifierKey of [from, to]) expect(verifyCheckpoint(await noteAt(3), verifierKey)).toMatchObject({ size: 3 });
    await append(after, 2);
    await signed(after, 4);
    expect(verifyCheckpoint(await noteAt(4), to)).toMatchObject({ size: 4 });
    const byOld = await refusalOf(Promise.resolve().then(async () => verifyCheckpoint(await noteAt(4), from)));
    expect(byOld.code).toBe('verify.signature_invalid');
    expect(await db.database.transaction(acme, (trx) => after.rotations(trx, acme))).toEqual([await noteAt(3)]);
  });

  test('a gateway that was not restarted signs no more once another has rotated, and says so', async () => {
    const left = open({ key: old });
    await append(left, 0);
    await signed(left, 1);
    const after = open({ key: fresh });
    await append(after, 1);
    await signed(after, 3);
    await after.stop(); // or it might sign what comes next before the other tries to
    await append(left, 2);
    await vi.waitFor(() => expect(errors).toHaveLength(1), soon);
    expect(errors).toMatchObject([{ log: 'acme', error: { code: 'ledger.key_retired' } }]);
    expect((await after.checkpoint(acme))?.size).toBe(3);
    const another = open({ key: fresh });
    another.start();
    await signed(another, 4);
  });

  test('by several gateways at once: one entry, one handing over', async () => {
    const before = open({ key: old });
    await append(before, 0);
    await signed(before, 1);
    const gateways = [open({ key: fresh }), open({ key: fresh }), open({ key: fresh })];
    await Promise.all(gateways.map((gateway, n) => append(gateway, n)));
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    expect((await leaves()).filter(({ type }) => type === 'ledger.key_rotated')).toHaveLength(1);
    expect(await query(db.ownerUrl, 'select count(*)::int as n from ledger_rotation')).toEqual([{ n: 1 }]);
  });
});

describe('a rotation that comes to no signature', () => {
  const lost = (): never => {
    throw new Error('the disk is gone');
  };
  const broken = { read: lost, keep: () => undefined };
  const [old, fresh] = [LedgerKey.parse(keyPem(7), 'test'), LedgerKey.parse(keyPem(8) + keyPem(7), 'test')];
  const rotations = async () => (await leaves()).filter(({ type }) => type === 'ledger.key_rotated').map(({ data }) => data);

  async function tryToRotate(): Promise<void> {
    const before = open({ key: old });
    await append(before, 0);
    await signed(before, 1);
    await before.stop();
    const without = open({ key: fresh, anchor: broken, signMilliseconds: 1 });
    await append(without, 1);
    await vi.waitFor(() => expect(errors.length).toBeGreaterThan(1), soon);
    await append(without, 2);
    await without.stop();
  }

  test('leaves one entry however often it is tried, which the next attempt signs', async () => {
    await tryToRotate();
    const after = open({ key: fresh });
    await append(after, 3);
    await signed(after, 5);
    const [from, to] = [open({ key: old }).verifierKey(acme), after.verifierKey(acme)];
    expect(await rotations()).toEqual([{ from, to }]);
    expect(await db.database.transaction(acme, (trx) => after.rotations(trx, acme))).toEqual([await noteAt(5)]);
  });

  test('does not spoil the log for those who verify it, when the next one is to another key', async () => {
    await tryToRotate();
    const third = open({ key: LedgerKey.parse(keyPem(9) + keyPem(8) + keyPem(7), 'test') });
    await append(third, 3);
    await signed(third, 6);
    expect(await rotations()).toHaveLength(2);
    const source = await openSourceOfTables(db.ownerUrl, acme);
    const report = await verifyLog(source, { key: open({ key: old }).verifierKey(acme) });
    await source.close();
    expect(report).toMatchObject({ faults: [], verifierKey: third.verifierKey(acme) });
  });
});

test('a checkpoint that this gateway cannot read, as a power failure leaves it, is no reason to sign and is told', async () => {
  await append(open({ anchor: { read: () => '', keep: () => undefined } }), 1);
  await vi.waitFor(() => expect(errors).toHaveLength(1), soon);
  expect(errors).toMatchObject([{ log: 'acme', error: { code: 'ledger.inconsistent' } }]);
});

test('a subject that no index could hold is refused when it is appended, and stops nothing', async () => {
  const ledger = open();
  const long = { ...entryWith({ n: 1 }), subject: `alert:${'é'.repeat(1_022)}` };
  expect((await refusalOf(commit(db.database, ledger, long))).code).toBe('ledger.entry_too_large');
  const longest = { ...long, subject: long.subject.slice(0, -1) };
  expect(await ledger.acknowledge(acme, await commit(db.database, ledger, longest))).toMatchObject({ seq: 0 });
});

test('entries too large for one batch get their places in several', async () => {
  const ledger = open();
  const ids = Array.from({ length: 150 }, (_, n) => entryWith({ n, text: 'x'.repeat(59_800) }));
  for (const entry of ids) await commit(db.database, ledger, entry);
  expect(await ledger.acknowledge(acme, ids.at(-1)?.id ?? entryWith({}).id)).toMatchObject({ seq: 149 });
  const batches = await query(db.ownerUrl, 'select count(*)::int as n from ledger_leaf group by xmin::text order by min(seq)');
  expect(batches).toEqual([{ n: 70 }, { n: 70 }, { n: 10 }]);
});

describe('the meta-log', () => {
  const heads = async (ledger: Ledger) =>
    (await leaves(metaLog)).map(({ subject, data }) => {
      const checkpoint = isJsonObject(data) ? String(data['checkpoint']) : '';
      const log = tenantId(String(subject).slice('ledger:'.length));
      return [log, verifyCheckpoint(checkpoint, ledger.verifierKey(log)).size];
    });

  test('holds the newest checkpoint of every log, once, whoever writes it', async () => {
    const ledger = open({ metaSeconds: 3_600 });
    const logs: TenantId[] = [acme, tenantId('globex')];
    for (const log of logs) await append(ledger, 0, log);
    for (const log of logs) await signed(ledger, 1, log);
    ledger.start();
    const other = open({ metaSeconds: 3_600 });
    other.start();
    await signed(ledger, 2, metaLog);
    expect(await heads(ledger)).toEqual([
      ['acme', 1],
      ['globex', 1],
    ]);
    await append(ledger, 1);
    await signed(ledger, 2);
    const third = open({ metaSeconds: 3_600 });
    third.start();
    await signed(third, 3, metaLog);
    expect((await heads(ledger)).at(-1)).toEqual(['acme', 2]);
  });
});
