import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { refusalOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { ledgerOver } from '../support/ledger.ts';
import { connected, query } from '../support/postgres.ts';
import { acme, entries, everything, openWorld, resultOf, ruleOf, sam, type World } from '../support/world.ts';
import { type ProbeSteps, probe } from './probe.ts';

let world: World;
let runs: string[] = [];
let step: NonNullable<ProbeSteps['effect']> = async () => undefined;

beforeAll(async () => {
  const effect: ProbeSteps['effect'] = async (trx, args, scope) => {
    runs.push(scope.decisionId);
    await step(trx, args, scope);
  };
  world = await openWorld({ maxAttempts: 3, commands: [probe({ effect })] });
  await query(world.ownerUrl, `do $$ begin execute format('alter database %I set deadlock_timeout = 20', current_database()); end $$`);
});
afterAll(() => world.close());
afterEach(async () => {
  runs = [];
  step = async () => undefined;
  await query(world.ownerUrl, `delete from flag`);
});

describe('a lost race', () => {
  test.each(['40001', '40P01'])('%s is run again from its start: one effect, one entry, of the last attempt only', async (code) => {
    step = async (trx) => {
      if (runs.length < 3) await sql.raw(`do $$ begin raise exception 'forced' using errcode = '${code}'; end $$`).execute(trx);
    };
    const before = (await entries(world)).length;
    const outcome = await world.govern('flag.set', sam, { n: 1 }, `key-lost-race-${code}`);
    expect([ruleOf(outcome), runs.length, (await entries(world)).length - before]).toEqual(['ALLOW flag.role_grant', 3, 1]);
    expect(outcome.decision.decisionId).toBe(runs[2]);
    expect((await everything(world))['flag']?.length).toBe(1);
    expect(await world.govern('flag.set', sam, { n: 1 }, `key-lost-race-${code}`)).toEqual(outcome);
  });

  test('after as many as are allowed it is a conflict, and nothing is left', async () => {
    step = async (trx) => void (await sql.raw(`do $$ begin raise exception 'forced' using errcode = '40001'; end $$`).execute(trx));
    const before = await everything(world);
    const refused = await refusalOf(world.govern('flag.set', sam, { n: 1 }, 'key-every-race'));
    expect([refused.code, refused.message, runs.length]).toEqual(['storage.conflict', 'the transaction lost 3 races in a row', 3]);
    expect(await everything(world)).toEqual(before);
    step = async () => undefined;
    expect(ruleOf(await world.govern('flag.set', sam, { n: 1 }, 'key-every-race'))).toBe('ALLOW flag.role_grant');
  });

  test('a real deadlock of two effects: both take effect once', async () => {
    const both = [gate(), gate()];
    await connected(world.ownerUrl, (client) =>
      client.query(`insert into flag select 'acme', 'row-' || n, true, null, '', '', now() from generate_series(0, 1) n`),
    );
    step = async (trx, { n }) => {
      const lock = (row: number) => sql`select from flag where key = ${`row-${row}`} for update`.execute(trx);
      await lock(n);
      both[n]?.open();
      await both[1 - n]?.opened; // both hold their first row before either asks for the other's
      await lock(1 - n);
    };
    const before = (await entries(world)).length;
    const outcomes = await Promise.all([0, 1].map((n) => world.govern('flag.set', sam, { n }, `key-deadlock-${n}`)));
    expect(outcomes.map(({ result }) => result)).toEqual([{ n: 0 }, { n: 1 }]);
    expect([runs.length, (await entries(world)).length - before]).toEqual([3, 2]);
    expect((await everything(world))['flag']?.length).toBe(4);
  });
});

describe('receipts', () => {
  test('a repeated call waits anew: first PENDING, then the place', async () => {
    const ledger = ledgerOver(world.database, { waitMilliseconds: 20 });
    const hasty = await openWorld({ beside: world, commands: [probe()], ledger });
    const first = await connected(world.ownerUrl, async (client) => {
      resultOf(await world.govern('flag.set', sam, { n: 20 }));
      await client.query('begin');
      await client.query('select from ledger_head for update');
      const outcome = await hasty.govern('flag.set', sam, { n: 21 }, 'key-of-pending');
      await client.query('rollback');
      return outcome;
    });
    const again = await world.govern('flag.set', sam, { n: 21 }, 'key-of-pending');
    await ledger.stop();
    expect([first.receipt.status, again.receipt.status, again.decision]).toEqual(['PENDING', 'SEQUENCED', first.decision]);
  });

  test('an answer is PENDING while another transaction holds the head of the log; the entry is found in its place later', async () => {
    const patient = await openWorld({ waitMilliseconds: 20, commands: [probe()] });
    const first = await patient.govern('flag.set', sam, { n: 0 }); // makes the head, perhaps after its answer
    await expect.poll(() => patient.ledger.receipt(acme, first.receipt.entryId), { interval: 5 }).toMatchObject({ status: 'SEQUENCED' });
    const held = await connected(patient.ownerUrl, async (client) => {
      await client.query('begin');
      await client.query('select from ledger_head for update');
      const outcome = await patient.govern('flag.set', sam, { n: 1 }, 'key-of-pending');
      expect(outcome.receipt).toEqual({ status: 'PENDING', log: acme, entryId: outcome.receipt.entryId });
      expect(await patient.ledger.receipt(acme, outcome.receipt.entryId)).toEqual(outcome.receipt);
      await client.query('rollback');
      return outcome;
    });
    patient.ledger.start(); // what was left waiting is found without a further call
    await expect
      .poll(() => patient.ledger.receipt(acme, held.receipt.entryId), { interval: 10 })
      .toMatchObject({ status: 'SEQUENCED', seq: 1 });
    await patient.close();
  });
});
