import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Trx } from '../../src/storage/index.ts';
import { type DataKey, listKeyTenants, MasterKeys, rotate, Vault } from '../../src/vault/index.ts';
import { refusalOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { lockWaiters } from '../support/locks.ts';
import { openTestDatabase, query, type TestDatabase } from '../support/postgres.ts';
import { acme, globex } from '../support/world.ts';

const [older, newer] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const keys = MasterKeys.of(older);
const vault = new Vault(keys);
const at = new Date('2026-03-02T12:00:00.000Z');
const rosa = { tenant: acme, subject: 'person:usr_rosa' };
const place = { column: 'flag.reason', row: 'search' };

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());
afterEach(() => query(db.ownerUrl, 'delete from subject_key; delete from ledger_disclosure'));

const inAcme = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => db.database.transaction(acme, work);
const keyOf = (owner = rosa, of = vault): Promise<DataKey> => inAcme((trx) => of.keyOf(trx, owner, at));
const rows = () => query(db.ownerUrl, 'select tenant, subject, wrapped_key, master_key_id from subject_key order by tenant, subject');
const stored = (text: string, subject = rosa.subject) => ({ ...place, subject, text });
const open = (...texts: ReturnType<typeof stored>[]) => inAcme((trx) => vault.open(trx, acme, texts));

describe('the key of a person', () => {
  test('is made once and found again; the row holds it wrapped', async () => {
    const first = await keyOf();
    expect((await keyOf()).id).toBe(first.id);
    expect(await rows()).toEqual([
      { tenant: 'acme', subject: rosa.subject, wrapped_key: expect.stringMatching(/^[\w-]{80}$/), master_key_id: keys.newest.id },
    ]);
    expect((await keyOf({ ...rosa, subject: 'person:usr_rick' })).id).not.toBe(first.id);
  });

  test('of two who make it at once is one key', async () => {
    const made = gate();
    const first = inAcme(async (trx) => {
      const key = await vault.keyOf(trx, rosa, at);
      made.open();
      await lockWaiters(db.ownerUrl, 1);
      return key;
    });
    await made.opened;
    const [one, other] = await Promise.all([first, keyOf()]);
    expect(other.id).toBe(one.id);
    expect(await rows()).toHaveLength(1);
  });

  test('of another tenant is not to be seen, nor to be made', async () => {
    await keyOf();
    const seen = await db.database.transaction(globex, (trx) =>
      vault.open(trx, acme, [stored(`sealed1.0123456789abcdef.${'A'.repeat(40)}`)]),
    );
    expect(seen).toEqual([null]);
    await expect(db.database.transaction(globex, (trx) => vault.keyOf(trx, rosa, at))).rejects.toThrow('row-level security');
  });

  test('that somebody exchanged for another is refused', async () => {
    await keyOf();
    await keyOf({ ...rosa, subject: 'person:usr_rick' });
    await query(
      db.ownerUrl,
      `update subject_key set wrapped_key = (select wrapped_key from subject_key where subject = 'person:usr_rick') where subject = $1`,
      [rosa.subject],
    );
    expect((await refusalOf(keyOf())).code).toBe('vault.tampered');
  });
});

describe('texts', () => {
  test('open in the order given, with one look at the keys; what is plain stays', async () => {
    const key = await keyOf();
    const ricks = await keyOf({ ...rosa, subject: 'person:usr_rick' });
    const [one, two] = [key.seal('one', place), ricks.seal('two', place)];
    expect(await open(stored(two, 'person:usr_rick'), stored('plain, from before'), stored(one))).toEqual([
      'two',
      'plain, from before',
      'one',
    ]);
  });

  test('of one person do not open as another one’s', async () => {
    const sealed = (await keyOf()).seal('one', place);
    await keyOf({ ...rosa, subject: 'person:usr_rick' });
    expect(await open(stored(sealed, 'person:usr_rick'))).toEqual([null]);
  });
});

describe('an erasure', () => {
  const erase = (by = vault) => inAcme((trx) => by.erase(trx, rosa));
  const disclosure = { path: '/data/effect/comment', salt: '', value: 'my words' };
  const disclosures = (id: string) => inAcme(async (trx) => (await vault.disclosuresOf(trx, acme, [id])).get(id));

  test('makes what was sealed and what was disclosed unreadable, once; what comes after has a new key', async () => {
    const before = await keyOf();
    const sealed = before.seal('one', place);
    await inAcme((trx) => vault.keep(trx, before, 'ent_1', [disclosure]));
    expect(await disclosures('ent_1')).toEqual([{ ...disclosure, salt: before.salt('ent_1', disclosure.path) }]);
    expect([await erase(), await erase()]).toEqual([
      { keys: 1, disclosures: 1 },
      { keys: 0, disclosures: 0 },
    ]);
    expect([await open(stored(sealed)), await disclosures('ent_1'), await rows()]).toEqual([[null], undefined, []]);
    const after = await keyOf();
    expect(after.id).not.toBe(before.id);
    expect(await open(stored(sealed), stored(after.seal('two', place)))).toEqual([null, 'two']);
  });

  test('waits for who seals just now, and takes what they wrote along', async () => {
    const [sealing, erasing] = [gate(), gate()];
    await keyOf();
    const writer = inAcme(async (trx) => {
      const key = await vault.keyOf(trx, rosa, at);
      sealing.open();
      await erasing.opened;
      await vault.keep(trx, key, 'ent_2', [disclosure]);
      return key.seal('one', place);
    });
    await sealing.opened;
    const erased = erase(new Vault(keys)); // another gateway
    await lockWaiters(db.ownerUrl, 1);
    erasing.open();
    const sealed = await writer;
    expect(await erased).toEqual({ keys: 1, disclosures: 1 });
    expect([await open(stored(sealed)), await disclosures('ent_2')]).toEqual([[null], undefined]);
  });

  test('who seals while it is under way waits for it, and seals with a new key', async () => {
    const [deleted, commit] = [gate(), gate()];
    const before = await keyOf();
    const erased = inAcme(async (trx) => {
      const what = await vault.erase(trx, rosa);
      deleted.open();
      await commit.opened;
      return what;
    });
    await deleted.opened;
    const after = keyOf(rosa, new Vault(keys));
    await lockWaiters(db.ownerUrl, 1);
    commit.open();
    expect([(await erased).keys, (await after).id === before.id, (await rows()).length]).toEqual([1, false, 1]);
  });
});

describe('a rotation', () => {
  const both = MasterKeys.of(newer, older);
  const people = Array.from({ length: 7 }, (_, n) => ({ tenant: acme, subject: `person:usr_${n}` }));
  const seal = async (owner: (typeof people)[number]) => (await keyOf(owner)).seal(owner.subject, place);
  const openWith = (by: MasterKeys, texts: readonly string[]) =>
    inAcme((trx) =>
      new Vault(by).open(
        trx,
        acme,
        texts.map((text, n) => stored(text, people[n]?.subject)),
      ),
    );

  test('interrupted goes on where it was; then the old key opens nothing and is not needed', async () => {
    const texts = await Promise.all(people.map(seal));
    await db.database.transaction(globex, (trx) => vault.keyOf(trx, { tenant: globex, subject: 'person:usr_0' }, at));
    const stopped = rotate(db.database, both, [acme], {
      batch: 3,
      onProgress: (rewrapped) => {
        if (rewrapped === 3) throw new Error('the machine stops');
      },
    });
    await expect(stopped).rejects.toThrow('the machine stops');
    expect((await rows()).filter(({ master_key_id: id }) => id === both.newest.id)).toHaveLength(3);
    expect(await openWith(both, texts)).toEqual(people.map(({ subject }) => subject)); // beside gateways that know both
    expect(await listKeyTenants(db.ownerUrl)).toEqual([acme, globex]);
    expect(await rotate(db.database, both, [acme, globex], { batch: 3 })).toEqual({ rewrapped: 5, remaining: {} });
    expect(await rotate(db.database, both, [acme, globex])).toEqual({ rewrapped: 0, remaining: {} });
    expect(await openWith(MasterKeys.of(newer), texts)).toEqual(people.map(({ subject }) => subject));
    expect((await refusalOf(openWith(keys, texts))).code).toBe('vault.master_key_unknown');
  });

  test('a copy of the row from before is worth nothing to who has the new key alone', async () => {
    await keyOf();
    const [backup] = await rows();
    await rotate(db.database, both, [acme]);
    await inAcme((trx) => vault.erase(trx, rosa));
    await query(db.ownerUrl, 'insert into subject_key select $1, $2, $3, $4, now()', Object.values(backup ?? {}));
    expect((await refusalOf(keyOf(rosa, new Vault(MasterKeys.of(newer))))).code).toBe('vault.master_key_unknown');
  });

  test('makes nobody wait who seals, and tells of the key that somebody erases just then', async () => {
    const [held, locked, rotated] = [gate(), gate(), gate()];
    await Promise.all(people.slice(0, 2).map(seal));
    const sealing = inAcme(async (trx) => {
      await vault.keyOf(trx, people[0] ?? rosa, at);
      held.open();
      await rotated.opened;
    });
    const erasing = inAcme(async (trx) => {
      await sql`select from subject_key where subject = ${people[1]?.subject} for update`.execute(trx);
      locked.open();
      await rotated.opened;
    });
    await Promise.all([held.opened, locked.opened]);
    const report = await rotate(db.database, both, [acme]);
    rotated.open();
    await Promise.all([sealing, erasing]);
    expect(report).toEqual({ rewrapped: 1, remaining: { [keys.newest.id]: 1 } });
  });
});
