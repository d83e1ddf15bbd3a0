import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { Entry } from '../../../src/ledger/index.ts';
import { acme, commit } from '../../support/ledger.ts';
import { type OwnServer, ownServer } from '../../support/own-server.ts';
import { connected, query } from '../../support/postgres.ts';
import { fill, smallDisk } from '../../support/small-disk.ts';
import { append, entryNow, growTo, nothingWrong, refusalLine, signedAt, siteOver, temporary, verdictOn } from './site.ts';

const FULL = 'storage.full: the database refused for lack of room';

/** An entry that no compression makes small. */
const bigEntry = (): Entry => entryNow({ filling: randomBytes(45_000).toString('base64') });

/** A server whose disk the test can fill and clear; where mounting is not permitted its tables refuse as they would then. */
async function serverThatFills(): Promise<{ server: OwnServer; fillUp: (...tables: string[]) => Promise<() => Promise<unknown>> }> {
  const disk = smallDisk();
  const server = await ownServer(disk ?? temporary(), 8);
  const { ownerUrl } = server;
  if (disk !== undefined) {
    return {
      server,
      fillUp: async () => {
        await query(ownerUrl, 'select pg_switch_wal()'); // a fresh segment has room for what follows, so that it is the tables that cannot grow
        await query(ownerUrl, 'checkpoint');
        const filler = fill(disk);
        return async () => rmSync(filler);
      },
    };
  }
  await query(
    ownerUrl,
    `create function no_room() returns trigger language plpgsql as $$ begin raise exception 'no room' using errcode = '53100'; end $$`,
  );
  return {
    server,
    fillUp: async (...tables) => {
      const each = (statement: (table: string) => string) => query(ownerUrl, tables.map(statement).join(';'));
      await each((table) => `create trigger no_room before insert on ${table} for each row execute function no_room()`);
      return () => each((table) => `drop trigger no_room on ${table}`);
    },
  };
}

test('a full disk: refused, or told to be pending, never acknowledged; with room again everything goes on', async () => {
  const { server, fillUp } = await serverThatFills();
  const site = siteOver(server, { sweepMilliseconds: 3_600_000 });
  await growTo(site, 5);

  let makeRoom = await fillUp('ledger_outbox', 'ledger_leaf');
  const refused: Entry[] = [];
  const committed: Entry[] = [];
  while (refused.length === 0) {
    const entry = bigEntry();
    const why = await refusalLine(commit(site.database, site.ledger, entry));
    if (why === FULL) refused.push(entry);
    else committed.push(entry);
    expect([FULL, 'it was not refused']).toContain(why);
  }
  expect(await refusalLine(site.ledger.record(acme, bigEntry()))).toBe(FULL);
  await makeRoom();
  expect((await site.ledger.checkpoint(acme))?.size).toBe(5);

  for (const entry of [...committed, ...refused]) await commit(site.database, site.ledger, entry); // repeated as they were
  makeRoom = await fillUp('ledger_leaf');
  const pending = await Promise.all([...committed, ...refused].map(({ id }) => site.ledger.acknowledge(acme, id)));
  expect(new Set(pending.map(({ status }) => status))).toEqual(new Set(['PENDING']));
  expect(new Set(site.errors)).toEqual(new Set([`acme ${FULL}`]));
  await makeRoom();
  const places = await Promise.all([...committed, ...refused].map(({ id }) => site.ledger.acknowledge(acme, id)));
  const size = 5 + committed.length + refused.length;
  expect(places.map((place) => place.status === 'SEQUENCED' && place.seq)).toEqual(Array.from({ length: size - 5 }, (_, n) => 5 + n));
  expect(await append(site, [99])).toMatchObject([{ seq: size }]);
  await signedAt(site, size + 1);
  expect(await verdictOn(site)).toEqual(nothingWrong);
});

test('no room for the WAL: the server dies, nothing is acknowledged meanwhile, and it comes back by itself with all that was', async () => {
  const disk = smallDisk();
  if (disk === undefined) throw new Error('this test needs root: it mounts a tmpfs and fills it up');
  const server = await ownServer(disk, 8);
  const site = siteOver(server);
  await growTo(site, 5);
  const filler = fill(disk);
  const writeUntilItDies = connected(server.ownerUrl, async (client) => {
    client.on('error', () => undefined); // it is ended with the server
    for (;;) await client.query(`select pg_logical_emit_message(false, 'filling', repeat('x', 1000000))`);
  });
  expect(await refusalLine(writeUntilItDies)).toMatch(/^no code: (Connection terminated|terminating connection|server closed)/);
  expect(await refusalLine(site.ledger.record(acme, bigEntry()))).toMatch(/^storage\.(unavailable|full): /);
  rmSync(filler);
  await vi.waitFor(() => server.database.ping(), { timeout: 20_000, interval: 50 });
  expect(await append(site, [5, 6])).toMatchObject([{ seq: 5 }, { seq: 6 }]);
  await signedAt(site, 7);
  expect(await verdictOn(site)).toEqual(nothingWrong);
});
