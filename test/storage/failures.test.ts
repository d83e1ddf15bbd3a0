import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { tenantId } from '../../src/core/index.ts';
import type { Trx } from '../../src/storage/index.ts';
import { codeOf, refusalOf } from '../support/errors.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { ownServer } from '../support/own-server.ts';
import { connected, query } from '../support/postgres.ts';
import { fill, smallDisk } from '../support/small-disk.ts';

const acme = tenantId('acme');

function temporary(): string {
  const folder = makeFolder('failures');
  onTestFinished(() => removeFolders([folder]));
  return folder;
}

const outbox = (url: string) => query(url, 'select entry_id from ledger_outbox order by 1');
const put = (trx: Trx, entryId: string, body: Buffer = Buffer.alloc(1)) =>
  trx
    .insertInto('ledger_outbox')
    .values({ tenant: acme, entry_id: entryId, body, subjects: [], seal: Buffer.alloc(0) })
    .execute();

test('a server that stops in the middle of a transaction: away, nothing is kept, and the next server is used without more ado', async () => {
  const dataDir = temporary();
  const { server, database } = await ownServer(dataDir);
  const between = database.transaction(acme, async (trx) => {
    await put(trx, 'lost');
    await server.stop();
    await put(trx, 'never');
  });
  const refusal = await refusalOf(between);
  expect([refusal.code, refusal.message]).toEqual(['storage.unavailable', 'the database cannot be reached']);
  expect(await codeOf(database.ping())).toBe('storage.unavailable');
  const again = await ownServer(dataDir);
  expect(await outbox(again.server.url('owner'))).toEqual([]);
});

test('a server that stops under a statement: away', async () => {
  const { server, database } = await ownServer(temporary());
  await connected(server.url('owner'), async (holder) => {
    holder.on('error', () => undefined); // it is ended, too
    await holder.query('begin; lock table ledger_outbox');
    const blocked = codeOf(database.transaction(acme, (trx) => put(trx, 'blocked')));
    const waiting = `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'`;
    await expect.poll(() => query(server.url('owner'), waiting), { timeout: 5_000 }).toEqual([{ n: 1 }]);
    await server.stop();
    expect(await blocked).toBe('storage.unavailable');
  });
});

/** Refuses for lack of room and gives it back: on a disk that is really full, else by raising what PostgreSQL raises then. */
async function fullServer() {
  const disk = smallDisk();
  const { server, database } = await ownServer(disk ?? temporary());
  const owner = server.url('owner');
  if (disk === undefined) {
    await query(
      owner,
      `create function no_room() returns trigger language plpgsql as $$ begin raise exception 'no room' using errcode = '53100'; end $$`,
    );
    await query(
      owner,
      'create trigger no_room before insert on ledger_outbox for each row when (new.position % 8 = 0) execute function no_room()',
    );
    return { owner, database, free: () => query(owner, 'drop trigger no_room on ledger_outbox') };
  }
  await query(owner, 'select pg_switch_wal()'); // a fresh segment has room for what is written below, so that it is the table that cannot grow
  await query(owner, 'checkpoint');
  const filler = fill(disk);
  return { owner, database, free: async () => rmSync(filler) };
}

test('a full disk: refused as full, nothing half-done stays, reading goes on, and writing resumes when there is room', async () => {
  const { owner, database, free } = await fullServer();
  const putMany = () =>
    database.transaction(acme, async (trx) => {
      for (let n = 10; n < 60; n += 1) await put(trx, `entry ${n}`, randomBytes(60_000));
    });
  const refusal = await refusalOf(putMany());
  expect(refusal.code).toBe('storage.full');
  expect(refusal.message).toBe('the database refused for lack of room');
  expect(await outbox(owner)).toEqual([]);
  expect(await database.transaction(acme, (trx) => sql`select count(*) as n from ledger_outbox`.execute(trx).then((r) => r.rows))).toEqual([
    { n: 0n },
  ]);
  await free();
  await putMany();
  expect((await outbox(owner)).length).toBe(50);
});
