import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type EntryId, newId, tenantId } from '../../src/core/index.ts';
import { fileAnchor, type Ledger, type LedgerOptions, type Receipt } from '../../src/ledger/index.ts';
import { verifyCheckpoint, verifyProof } from '../../src/ledger/verify/index.ts';
import { refusalOf } from '../support/errors.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { gate } from '../support/gate.ts';
import { acme, commit, entryWith, ledgerOver, originPrefix } from '../support/ledger.ts';
import { connected, openTestDatabase, query, type TestDatabase } from '../support/postgres.ts';
import { naiveLeaf, naiveRoot } from './naive-tree.ts';

const globex = tenantId('globex');
const soon = { timeout: 10_000, interval: 10 };
let db: TestDatabase;
let errors: { log: string; error: unknown }[];

beforeEach(async () => {
  db = await openTestDatabase({ poolSize: 12 });
  errors = [];
});
afterEach(() => db.close());

/** A ledger that is stopped before its database is dropped. */
function open(over: Partial<LedgerOptions> = {}): Ledger {
  const ledger = ledgerOver(db.database, { onError: (log, error) => errors.push({ log, error }), ...over });
  opened.push(ledger);
  return ledger;
}
const opened: Ledger[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((ledger) => ledger.stop()));
});

async function append(ledger: Ledger, n: number, log = acme): Promise<Receipt> {
  return ledger.acknowledge(log, await commit(db.database, ledger, entryWith({ n }), log));
}

const seqOf = (receipt: Receipt) => (receipt.status === 'SEQUENCED' ? receipt.seq : receipt.status);
type Stored = { seq: number; body: string; hash: string; entryId: string };

/** What is stored of a log, read as the superuser. */
async function stored(log = 'acme'): Promise<{ leaves: Stored[]; size: number; root: string; outbox: number }> {
  const rows = await query(db.ownerUrl, 'select seq::int, body, hash, entry_id from ledger_leaf where tenant = $1 order by seq', [log]);
  const [head] = await query(db.ownerUrl, 'select size::int, root from ledger_head where tenant = $1', [log]);
  const [outbox] = await query(db.ownerUrl, 'select count(*)::int as n from ledger_outbox where tenant = $1', [log]);
  const leaves = rows.map((row) => ({
    seq: Number(row['seq']),
    body: bytes(row['body']).toString('utf8'),
    hash: bytes(row['hash']).toString('hex'),
    entryId: String(row['entry_id']),
  }));
  return {
    leaves,
    size: Number(head?.['size'] ?? 0),
    root: head === undefined ? '' : bytes(head['root']).toString('hex'),
    outbox: Number(outbox?.['n']),
  };
}

function bytes(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw new Error('not bytea');
}

/** Rebuilds a log from its bodies alone and expects everything else that is stored to follow from them. */
async function expectWhole(log: string, size: number): Promise<void> {
  const { leaves, size: headSize, root, outbox } = await stored(log);
  const hashes = leaves.map((leaf) => naiveLeaf(Buffer.from(leaf.body)));
  expect([leaves.length, headSize, outbox]).toEqual([size, size, 0]);
  expect(leaves.map((leaf) => leaf.hash)).toEqual(hashes.map((hash) => hash.toString('hex')));
  expect(leaves.map((leaf) => [leaf.seq, JSON.parse(leaf.body)])).toEqual(
    leaves.map((leaf, seq) => [
      seq,
      expect.objectContaining({ v: 1, log, seq, id: leaf.entryId, prev: seq === 0 ? null : leaves[seq - 1]?.hash }),
    ]),
  );
  expect(root).toBe(naiveRoot(hashes).toString('hex'));
}

const prove = (ledger: Ledger, id: EntryId) => db.database.transaction(acme, (trx) => ledger.prove(trx, acme, id));
const signedSize = async (ledger: Ledger, log = acme) => (await ledger.checkpoint(log))?.size;

describe('append', () => {
  test('gives an entry its place, a proof that a stranger can check, and a line in its subjects’ timelines', async () => {
    const ledger = open();
    const entry = { ...entryWith({ big: '9007199254740993' }), subject: 'incident:inc_7' };
    await db.database.transaction(acme, (trx) => ledger.append(trx, acme, entry, ['alert:alr_1', 'incident:inc_7']));
    const receipt = await ledger.acknowledge(acme, entry.id);
    await vi.waitFor(async () => expect(await signedSize(ledger)).toBe(1), soon);
    const body = `{"actor":{"id":"usr_1","kind":"human"},"data":{"big":"9007199254740993"},"id":"${entry.id}","log":"acme","prev":null,"seq":0,"subject":"incident:inc_7","ts":"2026-03-02T10:00:00.000Z","type":"incident.acknowledge","v":1}`;
    const leafHash = naiveLeaf(Buffer.from(body)).toString('hex');
    expect(receipt).toEqual({ status: 'SEQUENCED', log: 'acme', entryId: entry.id, seq: 0, leafHash });
    expect(await ledger.receipt(acme, entry.id)).toEqual(receipt);
    const proof = await prove(ledger, entry.id);
    expect(proof).toMatchObject({ leaf: body, seq: 0, path: [] });
    expect(proof && verifyProof(proof, ledger.verifierKey(acme))).toEqual(JSON.parse(body));
    for (const subject of ['incident:inc_7', 'alert:alr_1']) {
      const timeline = await db.database.transaction(acme, (trx) => ledger.timeline(trx, acme, subject, -1, 10));
      expect(timeline.map((leaf) => [leaf.seq, leaf.entryId])).toEqual([[0, entry.id]]);
    }
  });

  test('of a transaction that rolls back leaves nothing, and the next entry takes the place', async () => {
    const ledger = open();
    const lost = entryWith({ lost: true });
    await expect(
      db.database.transaction(acme, (trx) => ledger.append(trx, acme, lost).then(() => Promise.reject(new Error('undo')))),
    ).rejects.toThrow('undo');
    expect(await ledger.acknowledge(acme, lost.id)).toEqual({ status: 'PENDING', log: 'acme', entryId: lost.id });
    expect([await ledger.receipt(acme, lost.id), await prove(ledger, lost.id)]).toEqual([undefined, undefined]);
    expect(seqOf(await append(ledger, 1))).toBe(0);
    await expectWhole('acme', 1);
  });

  test('of an entry that is too large is refused, and the transaction has no effect', async () => {
    const ledger = open();
    const entry = entryWith({ text: 'x'.repeat(65_535) });
    const work = db.database.transaction(acme, async (trx) => {
      await trx
        .insertInto('flag')
        .values({ tenant: acme, key: 'k', enabled: true, rate_limit: null, reason: '', set_by: 'x', set_at: new Date(0) })
        .execute();
      await ledger.append(trx, acme, entry);
    });
    const refusal = await refusalOf(work);
    expect([refusal.code, refusal.message]).toEqual([
      'ledger.entry_too_large',
      'the entry `incident.acknowledge` has 65730 bytes, above 65279',
    ]);
    expect(
      await query(db.ownerUrl, 'select (select count(*)::int from flag) as flags, (select count(*)::int from ledger_outbox) as outbox'),
    ).toEqual([{ flags: 0, outbox: 0 }]);
  });

  test('of the largest entry allowed makes a leaf that fits a tlog-tiles bundle', async () => {
    const ledger = open();
    const room = 65_279 - JSON.stringify(entryWith({ text: '' })).length;
    expect(seqOf(await ledger.acknowledge(acme, await commit(db.database, ledger, entryWith({ text: 'x'.repeat(room) }))))).toBe(0);
    expect(Buffer.byteLength((await stored()).leaves[0]?.body ?? '')).toBeLessThanOrEqual(65_535);
  });

  test('the same entry again keeps its place, waiting or placed; another under its id is refused and changes nothing', async () => {
    const ledger = open();
    const entry = entryWith({ n: 1 });
    await commit(db.database, ledger, entry);
    await commit(db.database, ledger, entry);
    const other = { ...entry, data: { n: 2 } };
    const conflict = { code: 'ledger.conflict', message: `entry \`${entry.id}\` of log \`acme\` has another content already` };
    await expect(commit(db.database, ledger, other)).rejects.toMatchObject(conflict);
    expect(seqOf(await ledger.acknowledge(acme, entry.id))).toBe(0);
    await commit(db.database, ledger, entry);
    expect(seqOf(await ledger.acknowledge(acme, entry.id))).toBe(0);
    await expect(commit(db.database, ledger, other)).rejects.toMatchObject(conflict);
    await expectWhole('acme', 1);
  });
});

describe('many at once', () => {
  test('20 callers through 3 gateways over one database: dense, without a gap, every receipt true, the root that of the leaves', async () => {
    const gateways = [open(), open(), open()];
    const receipts = await Promise.all(Array.from({ length: 60 }, (_, n) => append(gateways[n % 3] ?? open(), n)));
    expect(receipts.map(seqOf).toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 60 }, (_, seq) => seq));
    const { leaves } = await stored();
    for (const receipt of receipts) {
      expect(receipt).toMatchObject({ entryId: leaves[Number(seqOf(receipt))]?.entryId, leafHash: leaves[Number(seqOf(receipt))]?.hash });
    }
    await expectWhole('acme', 60);
    expect(errors).toEqual([]);
  });

  test('batches smaller than what waits: nobody is left behind', async () => {
    const gateways = [open({ batchSize: 3 }), open({ batchSize: 2 })];
    const receipts = await Promise.all(Array.from({ length: 30 }, (_, n) => append(gateways[n % 2] ?? open(), n)));
    expect(new Set(receipts.map(seqOf)).size).toBe(30);
    await expectWhole('acme', 30);
  });

  test('two logs at once keep their own count', async () => {
    const ledger = open();
    await Promise.all(Array.from({ length: 20 }, (_, n) => append(ledger, n, n % 2 === 0 ? acme : globex)));
    await expectWhole('acme', 10);
    await expectWhole('globex', 10);
  });

  test('every proof at every size that was signed leads to that checkpoint', async () => {
    const ledger = open();
    const ids: EntryId[] = [];
    for (let n = 0; n < 12; n += 1) {
      const receipt = await append(ledger, n);
      ids.push(receipt.entryId);
      await vi.waitFor(async () => expect(await signedSize(ledger)).toBe(n + 1), soon);
      for (const [seq, id] of ids.entries()) {
        const proof = await prove(ledger, id);
        expect(proof && verifyProof(proof, ledger.verifierKey(acme))).toMatchObject({ seq, data: { n: seq } });
      }
    }
    const last = await prove(ledger, ids[3] ?? newId('entry'));
    if (last === undefined) throw new Error('no proof');
    for (const bad of [
      { ...last, seq: 4 },
      { ...last, path: last.path.slice(1) },
      { ...last, path: [...last.path, last.path[0] ?? ''] },
      { ...last, leaf: last.leaf.replace('"n":3', '"n":4') },
    ]) {
      expect(() => verifyProof(bad, ledger.verifierKey(acme))).toThrow(expect.objectContaining({ code: 'verify.proof_invalid' }));
    }
    expect(() => verifyProof({ ...last, path: ['zz'] }, ledger.verifierKey(acme))).toThrow(
      expect.objectContaining({ code: 'verify.proof_malformed' }),
    );
    expect(() => verifyProof(last, ledger.verifierKey(globex))).toThrow(expect.objectContaining({ code: 'verify.origin_mismatch' }));
  });
});

describe('a gateway that dies', () => {
  test('between commit and sequencing: the next one’s sweep gives the entry its place and signs it', async () => {
    const id = await commit(db.database, open(), entryWith({ n: 1 }));
    expect((await stored()).outbox).toBe(1);
    const next = open();
    next.start();
    await vi.waitFor(async () => expect(await signedSize(next)).toBe(1), soon);
    expect(await next.receipt(acme, id)).toMatchObject({ status: 'SEQUENCED', seq: 0 });
    await expectWhole('acme', 1);
  });

  test('between sequencing and signing: the next one signs what is there', async () => {
    const first = open();
    for (let n = 0; n < 5; n += 1) await append(first, n);
    await first.stop();
    await query(db.ownerUrl, 'delete from ledger_checkpoint');
    await query(db.ownerUrl, 'delete from ledger_signing');
    const next = open();
    next.start();
    await vi.waitFor(async () => expect(await signedSize(next)).toBe(5), soon);
    const { note } = (await next.checkpoint(acme)) ?? { note: '' };
    expect(verifyCheckpoint(note, next.verifierKey(acme))).toEqual({
      origin: `${originPrefix}/acme`,
      size: 5,
      root: Buffer.from((await stored()).root, 'hex'),
    });
  });

  test('in the middle of a batch: nothing of the batch is kept, and the next try makes all of it', async () => {
    const ledger = open({ waitMilliseconds: 0 });
    const ids: EntryId[] = [];
    for (let n = 0; n < 4; n += 1) ids.push(await commit(db.database, ledger, entryWith({ n })));
    await query(
      db.ownerUrl,
      `create function die() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`,
    );
    await query(db.ownerUrl, 'create trigger die before update on ledger_head for each row execute function die()');
    ledger.start();
    await vi.waitFor(() => expect(errors.length).toBeGreaterThan(0), soon);
    expect(errors[0]?.error).toMatchObject({ code: 'storage.unavailable' });
    expect(await stored()).toMatchObject({ leaves: [], size: 0, outbox: 4 });
    await query(db.ownerUrl, 'drop trigger die on ledger_head');
    await vi.waitFor(async () => expect(await ledger.receipt(acme, ids[3] ?? newId('entry'))).toMatchObject({ seq: 3 }), soon);
    await expectWhole('acme', 4);
  });

  test('a disk that is full when sequencing: no receipt is given, nothing is kept, and it resumes', async () => {
    const ledger = open({ waitMilliseconds: 10_000 });
    await query(
      db.ownerUrl,
      `create function no_room() returns trigger language plpgsql as $$ begin raise exception 'no room' using errcode = '53100'; end $$`,
    );
    await query(db.ownerUrl, 'create trigger no_room before insert on ledger_tile for each row execute function no_room()');
    const receipt = await append(ledger, 1);
    expect(receipt.status).toBe('PENDING');
    expect(errors.map(({ error }) => error)).toEqual([expect.objectContaining({ code: 'storage.full' })]);
    expect(await stored()).toMatchObject({ leaves: [], outbox: 1 });
    await query(db.ownerUrl, 'drop trigger no_room on ledger_tile');
    ledger.start();
    await vi.waitFor(async () => expect(await ledger.receipt(acme, receipt.entryId)).toMatchObject({ status: 'SEQUENCED', seq: 0 }), soon);
  });
});

test('a sequencer that cannot run in time: PENDING, and the receipt later', async () => {
  const ledger = open({ waitMilliseconds: 50 });
  await append(open(), 0);
  const [locked, release] = [gate(), gate()];
  const holder = db.database.transaction(acme, async (trx) => {
    await sql`select 1 from ledger_head for update`.execute(trx);
    locked.open();
    await release.opened;
  });
  await locked.opened;
  const receipt = await append(ledger, 1);
  expect(receipt).toEqual({ status: 'PENDING', log: 'acme', entryId: receipt.entryId });
  expect(await ledger.receipt(acme, receipt.entryId)).toEqual(receipt);
  expect(await ledger.receipt(acme, newId('entry'))).toBeUndefined();
  release.open();
  await holder;
  await vi.waitFor(async () => expect(await ledger.receipt(acme, receipt.entryId)).toMatchObject({ status: 'SEQUENCED', seq: 1 }), soon);
});

test('a head behind a signed checkpoint (a restored backup) is never signed, and says so', async () => {
  const first = open();
  for (let n = 0; n < 4; n += 1) await append(first, n);
  await first.stop();
  const checkpoints = () => query(db.ownerUrl, 'select * from ledger_checkpoint order by size');
  const before = await checkpoints();
  await connected(db.ownerUrl, async (client) => {
    const leaves = (await client.query('select hash from ledger_leaf order by seq limit 2')).rows.map((row) => row.hash);
    await client.query('delete from ledger_leaf where seq >= 2');
    await client.query('delete from ledger_subject where seq >= 2');
    await client.query('update ledger_tile set hashes = $1', [Buffer.concat(leaves)]);
    await client.query('update ledger_head set size = 2, root = $1, frontier = $1, last_hash = $2', [naiveRoot(leaves), leaves[1]]);
  });
  const second = open();
  expect(seqOf(await append(second, 9))).toBe(2);
  await second.stop();
  const message = 'log `acme` will not be signed: it has 3 entries but a checkpoint for 4 was signed';
  expect(errors.map(({ error }) => error)).toEqual([expect.objectContaining({ code: 'ledger.inconsistent', message })]);
  expect(await checkpoints()).toEqual(before);
});

test.each([
  [
    'another history that grew past it',
    'its first 4 entries are not the ones that were signed',
    `update ledger_tile set hashes = overlay(hashes placing '\\x00'::bytea from 1 for 1)`,
  ],
  [
    'a head that is not the root of its tiles',
    'the root of its head is not the root of its tiles',
    `update ledger_head set frontier = overlay(frontier placing '\\x00'::bytea from 1 for 1)`,
  ],
])('%s is never signed', async (_name, why, tampering) => {
  const first = open();
  for (let n = 0; n < 4; n += 1) await append(first, n);
  await first.stop();
  const before = await query(db.ownerUrl, 'select * from ledger_checkpoint order by size');
  await query(db.ownerUrl, tampering);
  const second = open();
  await append(second, 9);
  await second.stop();
  expect(errors.map(({ error }) => error)).toEqual([
    expect.objectContaining({ code: 'ledger.inconsistent', message: `log \`acme\` will not be signed: ${why}` }),
  ]);
  expect(await query(db.ownerUrl, 'select * from ledger_checkpoint order by size')).toEqual(before);
});

test('a log rewritten with its checkpoints removed is not signed again: what was signed is known beside the database', async () => {
  const kept = new Map<string, string>();
  const anchor = { read: (log: string) => kept.get(log), keep: (log: string, note: string) => void kept.set(log, note) };
  const first = open({ anchor });
  for (let n = 0; n < 4; n += 1) await append(first, n);
  await first.stop();
  const signed = kept.get('acme') ?? '';
  expect(signed.split('\n').slice(0, 2)).toEqual([`${originPrefix}/acme`, '4']);
  await query(db.ownerUrl, 'delete from ledger_checkpoint');
  await query(db.ownerUrl, `update ledger_tile set hashes = overlay(hashes placing '\\x00'::bytea from 1 for 1)`);
  const second = open({ anchor });
  await append(second, 9);
  await second.stop();
  const message = 'log `acme` will not be signed: its first 4 entries are not the ones that were signed';
  expect(errors.map(({ error }) => error)).toEqual([expect.objectContaining({ code: 'ledger.inconsistent', message })]);
  expect(kept.get('acme')).toBe(signed);
  expect(await query(db.ownerUrl, 'select * from ledger_checkpoint')).toEqual([]);
});

test('what waits for its place cannot be taken out of the outbox, not even by the application', async () => {
  const entry = entryWith({ n: 1 });
  await commit(db.database, open(), entry);
  const remove = db.database.transaction(acme, (trx) => trx.deleteFrom('ledger_outbox').where('tenant', '=', acme).execute());
  await expect(remove).rejects.toThrow(`ledger entry ${entry.id} has no place in the log yet and cannot be removed`);
  expect(await query(db.ownerUrl, 'select entry_id from ledger_outbox')).toEqual([{ entry_id: entry.id }]);
});

test('the file that keeps what was signed', () => {
  const home = makeFolder('anchor');
  const folder = join(home, 'checkpoints'); // made when there is something to keep
  const anchor = fileAnchor(folder);
  expect(anchor.read('acme')).toBeUndefined();
  anchor.keep('acme', 'acme\n1\n');
  anchor.keep('acme', 'acme\n2\n');
  anchor.keep('globex', 'globex\n3\n');
  expect([fileAnchor(folder).read('acme'), fileAnchor(folder).read('globex')]).toEqual(['acme\n2\n', 'globex\n3\n']);
  expect(readdirSync(folder).toSorted()).toEqual(['acme.checkpoint', 'globex.checkpoint']);
  writeFileSync(join(folder, 'x'), '');
  expect(() => fileAnchor(join(folder, 'x')).read('acme')).toThrow('ENOTDIR'); // not knowing is no reason to sign
  removeFolders([home]);
});

test('checkpoints only grow, and one that was signed is never signed again', async () => {
  const gateways = [open(), open(), open()];
  await Promise.all(Array.from({ length: 30 }, (_, n) => append(gateways[n % 3] ?? open(), n)));
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  const rows = await query(db.ownerUrl, 'select size::int, note from ledger_checkpoint order by size');
  const { leaves } = await stored();
  const hashes = leaves.map((leaf) => Buffer.from(leaf.hash, 'hex'));
  for (const { size, note } of rows) {
    const checkpoint = verifyCheckpoint(String(note), gateways[0]?.verifierKey(acme) ?? '');
    expect([checkpoint.size, checkpoint.root.toString('hex')]).toEqual([size, naiveRoot(hashes.slice(0, Number(size))).toString('hex')]);
  }
  expect(rows.length).toBeGreaterThan(0);
});

test('a busy log is signed at a distance, however many batches come, and its last head when the gateway stops', async () => {
  const ledger = open({ signMilliseconds: 3_600_000 });
  await append(ledger, 0);
  await vi.waitFor(async () => expect(await signedSize(ledger)).toBe(1), soon);
  for (let n = 1; n < 6; n += 1) await append(ledger, n);
  const sizes = () => query(db.ownerUrl, 'select size::int from ledger_checkpoint order by size');
  expect(await sizes()).toEqual([{ size: 1 }]);
  await ledger.stop();
  expect(await sizes()).toEqual([{ size: 1 }, { size: 6 }]);
});

test('a head that moves while it is being signed is signed too', async () => {
  const ledger = open({ signMilliseconds: 1 });
  for (let n = 0; n < 20; n += 1) await append(ledger, n);
  await vi.waitFor(async () => expect(await signedSize(ledger)).toBe(20), soon); // no sweep runs here
});
