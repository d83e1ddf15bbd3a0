import { expect, test, vi } from 'vitest';
import { verifyReceipt } from '../../../src/ledger/verify/index.ts';
import { eventually } from '../../support/deadline.ts';
import { acme, commit } from '../../support/ledger.ts';
import { ownServer } from '../../support/own-server.ts';
import { connected, query } from '../../support/postgres.ts';
import {
  append,
  copyOf,
  entryNow,
  everywhere,
  growTo,
  nothingWrong,
  openSite,
  receiptOf,
  refusalLine,
  signedAt,
  siteOver,
  soon,
  temporary,
  verdictOn,
} from './site.ts';
import { Superuser } from './superuser.ts';

const cancelWaiters = `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`;

/** Names a synchronous standby that does not exist; resolves once commits wait for it. */
async function loseTheStandby(ownerUrl: string): Promise<void> {
  await query(ownerUrl, `alter system set synchronous_standby_names = 'gone'`);
  await query(ownerUrl, 'select pg_reload_conf()');
  await eventually('commits wait for a standby', async () => {
    const probe = query(ownerUrl, 'create table if not exists probe (n int); insert into probe values (1)').catch(() => undefined);
    const waits = eventually('a commit waits', async () => (await query(ownerUrl, cancelWaiters)).at(0), 1_000);
    return Promise.race([probe.then(() => undefined), waits]);
  });
}

async function regainIt(ownerUrl: string): Promise<void> {
  await query(ownerUrl, 'alter system reset synchronous_standby_names');
  await query(ownerUrl, 'select pg_reload_conf()');
}

/** An operator who ends, while `work` runs, each wait for a standby. */
async function cancelling<T>(ownerUrl: string, work: () => Promise<T>): Promise<T> {
  let isOver = false;
  const operator = connected(ownerUrl, async (client) => {
    while (!isOver) await client.query(cancelWaiters);
  });
  try {
    return await work();
  } finally {
    isOver = true;
    await operator;
  }
}

const unconfirmed = 'storage.unavailable: the commit is not confirmed: canceling wait for synchronous replication due to user request';

test('a standby that is gone: nothing is acknowledged and nothing signed that only this server has; it goes on where it stood', async () => {
  const server = await ownServer(temporary(), 8);
  const { ownerUrl } = server;
  const site = siteOver(server);
  await growTo(site, 2);
  const entries = [0, 1].map((n) => entryNow({ late: n }));
  const [appended = entryNow({}), recorded = entryNow({})] = entries;

  await connected(ownerUrl, async (signer) => {
    await signer.query('begin; select from ledger_signing for update'); // whoever signs stands in line behind us
    expect(await append(site, [2])).toMatchObject([{ status: 'SEQUENCED', seq: 2 }]); // confirmed, and about to be signed
    await loseTheStandby(ownerUrl);
    await signer.query('rollback');
  });
  await vi.waitFor(() => expect(site.errors).toEqual([expect.stringMatching(notDurable)]), soon);

  await cancelling(ownerUrl, async () => {
    expect(await refusalLine(commit(site.database, site.ledger, appended))).toBe(unconfirmed);
    expect(await refusalLine(site.ledger.record(acme, recorded))).toBe(unconfirmed);
    expect(await site.ledger.acknowledge(acme, appended.id)).toEqual({ status: 'PENDING', log: 'acme', entryId: appended.id });
  });
  expect((await site.ledger.checkpoint(acme))?.size).toBe(2);

  await regainIt(ownerUrl);
  await commit(site.database, site.ledger, appended);
  const places = [await site.ledger.acknowledge(acme, appended.id), await site.ledger.record(acme, recorded)];
  expect(places.map((place) => place.status === 'SEQUENCED' && place.seq).sort()).toEqual([3, 4]);
  await signedAt(site, 5);
  expect(await verdictOn(site)).toEqual(nothingWrong);
});

const notDurable = /^acme ledger\.not_durable: log `acme` is not signed: no synchronous standby confirms that it has [0-9A-F]+\/[0-9A-F]+$/;

test('a fail-over that lost commits: a receipt proves an entry that the log has no more, or has another instead', async () => {
  const home = await openSite();
  await growTo(home, 10);
  await new Superuser(home).keep();
  await growTo(home, 12);
  const entry = entryNow({ important: true });
  await home.ledger.record(acme, entry);
  await signedAt(home, 13);
  const receipt = await receiptOf(home, entry.id);
  const promoted = await copyOf(home);
  await new Superuser(promoted).putBack();

  const key = home.ledger.verifierKey(acme);
  expect(verifyReceipt(receipt, { key })).toMatchObject({ log: 'acme', seq: 12, checkpointSize: 13, entry: { id: entry.id } });
  const lost = 'acme null history.rewritten: the log has 10 entries, the checkpoint kept from earlier has 13';
  expect(await verdictOn(promoted, { since: [receipt] })).toEqual(everywhere(lost));
  await growTo(promoted, 20);
  const others = 'acme null history.rewritten: the first 13 entries are not those of the checkpoint kept from earlier';
  expect(await verdictOn(promoted, { since: [receipt] })).toEqual(everywhere(others));
  expect(await verdictOn(home, { since: [receipt] })).toEqual(nothingWrong);
});
