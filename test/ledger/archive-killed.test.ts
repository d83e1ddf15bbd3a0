import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { carryOut, checkSegment, findEntries } from '../../src/ledger/index.ts';
import { copyTestDatabase, query } from '../support/postgres.ts';
import { acme, entries } from '../support/world.ts';
import { type ArchiveWorld, openArchiveWorld } from './archive-world.ts';

let filled: ArchiveWorld;
let folder: string;
beforeAll(async () => {
  filled = await openArchiveWorld();
  await filled.fillTo(2_600); // two batches of deletions, and a rest
  folder = await filled.allowed('first', 2_560);
  await filled.ledger.stop();
});
afterAll(() => filled.close());

/** The log as it was when its archive was written and allowed. */
async function again(): Promise<ArchiveWorld> {
  const copy = await openArchiveWorld(await copyTestDatabase(filled.world));
  onTestFinished(() => copy.close());
  return copy;
}

const counts = async ({ world }: ArchiveWorld) =>
  (await query(world.ownerUrl, `select count(*)::int as n, min(seq)::int as first from ledger_leaf where tenant = 'acme'`))[0];
const find = ({ world }: ArchiveWorld) =>
  world.database.transaction(acme, (trx) =>
    findEntries(trx, { log: acme, filter: { type: 'incident.acknowledge' }, order: 'OLDEST_FIRST', count: 1, direction: 'forward' }),
  );

describe('to take entries out of the database', () => {
  test.each(['checked', 'told', 'recorded', 'batch'] as const)(
    'killed after the step `%s`: the rows are there or the archive is, and to do it again ends it',
    async (fatal) => {
      const it = await again();
      const dying = { ...it.parts, onStep: (step: string) => step === fatal && dieNow() };
      await expect(carryOut(dying, folder, it.vkey)).rejects.toThrow('killed');
      expect((await checkSegment(folder, it.vkey)).manifest.to).toBe(2_560);
      const { archivedBefore, totalCount } = await find(it);
      const { first } = Object(await counts(it));
      if (fatal === 'checked' || fatal === 'told') expect([archivedBefore, first, totalCount]).toEqual([0, 0, 2_600]);
      else expect([archivedBefore, first, totalCount]).toEqual([2_560, fatal === 'batch' ? 1_024 : 0, 40]);
      await carryOut(it.parts, folder, it.vkey);
      expect(await counts(it)).toMatchObject({ first: 2_560 });
      expect((await entries(it.world, 'ledger.archived')).length).toBe(1);
      expect((await carryOut(it.parts, folder, it.vkey)).deleted).toBe(0);
    },
  );
});

function dieNow(): never {
  throw new Error('killed');
}
