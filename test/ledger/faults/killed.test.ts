import { beforeEach, describe, expect, test, vi } from 'vitest';
import { acme, entryWith } from '../../support/ledger.ts';
import { query } from '../../support/postgres.ts';
import { copyOf, nothingWrong, numbers, openSite, type Site, signedAt, siteOver, soon, verdictOn } from './site.ts';
import { everyPoint, type Placed, type Point, stalling, startWriter } from './writer.ts';

async function leavesOf({ ownerUrl }: Site): Promise<Placed[]> {
  const text = `select entry_id as id, seq::int as seq, encode(hash, 'hex') as "leafHash" from ledger_leaf where tenant = 'acme' order by seq`;
  return (await query(ownerUrl, text)).map((row) => ({
    id: String(row['id']),
    seq: Number(row['seq']),
    leafHash: String(row['leafHash']),
  }));
}

test('kill -9 of writers in the middle of batches: all of each or nothing, and every acknowledged entry at its place', async () => {
  const site = await openSite();
  const committed: string[] = [];
  const placed: Placed[] = [];
  const deaths: Point[] = ['between its leaves', 'before its head', 'before it leaves the outbox', 'before its checkpoint'];
  for (const point of deaths) {
    const writer = await startWriter(site, 'append');
    await vi.waitFor(() => expect(writer.placed.length).toBeGreaterThan(3), soon);
    await stalling(site, point, async (reached) => {
      await reached();
      await writer.kill();
    });
    committed.push(...writer.committed);
    placed.push(...writer.placed);
  }
  site.ledger.start();
  await vi.waitFor(async () => expect(await query(site.ownerUrl, 'select from ledger_outbox')).toEqual([]), soon);
  const leaves = await leavesOf(site);
  expect(leaves.map(({ seq }) => seq)).toEqual(numbers(0, leaves.length));
  const byId = new Map(leaves.map((leaf) => [leaf.id, leaf]));
  expect(byId.size).toBe(leaves.length);
  expect(placed.map(({ id }) => byId.get(id))).toEqual(placed);
  expect(committed.filter((id) => !byId.has(id))).toEqual([]);
  await signedAt(site, leaves.length);
  expect(await verdictOn(site)).toEqual(nothingWrong);
});

describe('a sequencer that is ended in the middle, again and again, comes to the root of one that nobody disturbed:', () => {
  const [COUNT, BATCH] = [60, 5];
  let undisturbed: Site;
  let disturbed: Site;

  beforeEach(async () => {
    undisturbed = await openSite({ batchSize: BATCH });
    await undisturbed.database.transaction(acme, async (trx) => {
      for (const entry of numbers(0, COUNT).map((n) => entryWith({ n }))) await undisturbed.ledger.append(trx, acme, entry);
    });
    disturbed = await copyOf(undisturbed, { batchSize: BATCH });
  });

  async function expectSameRoot(): Promise<void> {
    undisturbed.ledger.start();
    const [root, same] = [await signedAt(undisturbed, COUNT), await signedAt(disturbed, COUNT)];
    expect(same).toBe(root);
    expect(await leavesOf(disturbed)).toEqual(await leavesOf(undisturbed));
    expect(await verdictOn(disturbed)).toEqual(nothingWrong);
  }

  test('its process, by kill -9', async () => {
    for (const point of ['after its leaves', 'before it leaves the outbox'] satisfies Point[]) {
      await stalling(disturbed, point, async (reached) => {
        const writer = await startWriter(disturbed, 'drain', BATCH);
        await reached();
        await writer.kill();
      });
    }
    expect((await leavesOf(disturbed)).length).toBeLessThan(COUNT);
    disturbed.ledger.start();
    await expectSameRoot();
  });

  test('its connection, by the server, at every point', async () => {
    const seen: unknown[] = [];
    for (const point of everyPoint) {
      const once = siteOver(disturbed, { batchSize: BATCH, sweepMilliseconds: 3_600_000 }); // one batch, and then nothing for long
      await stalling(disturbed, point, async (reached) => {
        once.ledger.start();
        await query(disturbed.ownerUrl, 'select pg_terminate_backend($1, 5000)', [await reached()]);
      });
      await once.ledger.stop();
      seen.push([point, (await leavesOf(disturbed)).length, once.errors]);
    }
    const away = ['acme storage.unavailable: the database cannot be reached'];
    const nothing = everyPoint.filter((point) => point !== 'before its checkpoint').map((point) => [point, 0, away]);
    expect(seen).toEqual([...nothing, ['before its checkpoint', BATCH, away]]); // there the batch was whole
    disturbed.ledger.start();
    await expectSameRoot();
  });
});
