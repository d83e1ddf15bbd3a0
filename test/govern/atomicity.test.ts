import { sql } from 'kysely';
import { afterEach, describe, expect, test } from 'vitest';
import { CodedError } from '../../src/core/index.ts';
import type { Trx } from '../../src/storage/index.ts';
import { ledgerOver } from '../support/ledger.ts';
import { query } from '../support/postgres.ts';
import {
  engine,
  engineThat,
  entries,
  everything,
  mute,
  openWorld,
  resultOf,
  ruleOf,
  sam,
  vic,
  type World,
  type WorldOptions,
} from '../support/world.ts';
import { type ProbeSteps, probe, writeFlag } from './probe.ts';

const opened: World[] = [];
afterEach(async () => {
  for (const world of opened.splice(0)) await world.close();
});

async function worldWith(steps: ProbeSteps, over: WorldOptions = {}): Promise<World> {
  const world = await openWorld({ ...over, commands: [probe(steps)] });
  opened.push(world);
  return world;
}

async function thrownBy(work: Promise<unknown>): Promise<Error> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Error)) throw new Error('it did not throw');
  return thrown;
}
const said = (error: Error) =>
  error instanceof CodedError ? `${error.code}: ${error.message.replace(/has \d+ bytes/, 'has N bytes')}` : error.message;

/** One step after another fails once, then works: `broken` turns it off for the repeated call. */
let broken = true;
const whileBroken = (fail: () => Promise<unknown> | never) => async (): Promise<void> => void (broken && (await fail()));
const boom = () => Promise.reject(new Error('boom'));
const backendDies = (trx: Trx) => sql`select pg_terminate_backend(pg_backend_pid())`.execute(trx);
const write = (trx: Trx, _args: unknown, scope: Parameters<typeof writeFlag>[1]) => writeFlag(trx, scope, `load.${scope.decisionId}`);
/** As the superuser: what PostgreSQL does when the transaction commits. */
const atCommit = (body: string) => (world: World) =>
  query(
    world.ownerUrl,
    `create function at_commit() returns trigger language plpgsql security definer as $$ begin ${body} return null; end $$;
     create constraint trigger at_commit after insert on ledger_outbox deferrable initially deferred for each row execute function at_commit()`,
  );
const commitAgain = (world: World) => query(world.ownerUrl, 'drop trigger at_commit on ledger_outbox');
type Failing = {
  steps?: ProbeSteps;
  over?: WorldOptions;
  sabotage?: (world: World) => Promise<unknown>;
  repair?: typeof commitAgain;
  says: string;
};

const failures: Record<string, Failing> = {
  'load throws': { steps: { load: whileBroken(boom) }, says: 'boom' },
  'load throws after it wrote': {
    steps: { load: async (...given) => void (broken && (await write(...given).then(boom))) },
    says: 'boom',
  },
  'the policy engine itself throws': {
    over: {
      engine: engineThat((input) => {
        if (broken) throw new Error('boom');
        return engine.decide(input);
      }),
    },
    says: 'boom',
  },
  'the effect throws': { steps: { effect: whileBroken(boom) }, says: 'boom' },
  'the effect breaks a constraint': {
    steps: { effect: async (trx, _args, scope) => void (broken && (await writeFlag(trx, scope, `probe-1.${scope.decisionId}`))) },
    says: 'duplicate key value violates unique constraint "flag_pkey"',
  },
  'the entry is too large': {
    steps: { done: () => ({ result: {}, record: broken ? { big: 'x'.repeat(70_000) } : {} }) },
    says: 'ledger.entry_too_large: the entry `flag.set` has N bytes, above 65279',
  },
  'the record has no canonical form': {
    steps: { done: () => ({ result: {}, record: broken ? { count: Number.NaN } : {} }) },
    says: 'canonical.unsupported_value: the number NaN at `$.data.effect.count` cannot be written as canonical JSON',
  },
  'the outcome cannot be stored': {
    steps: { done: () => ({ result: broken ? Object({ count: 1n }) : {}, record: {} }) },
    says: 'Do not know how to serialize a BigInt',
  },
  'the connection dies before the effect': {
    steps: { load: async (trx) => void (broken && (await backendDies(trx))) },
    says: 'storage.unavailable: the database cannot be reached',
  },
  'the connection dies in the effect': {
    steps: { effect: async (trx) => void (broken && (await backendDies(trx))) },
    says: 'storage.unavailable: the database cannot be reached',
  },
  'the commit is refused': { sabotage: atCommit(`raise exception 'not today';`), repair: commitAgain, says: 'not today' },
  'the disk is full at the commit': {
    sabotage: atCommit(`raise exception 'no space left on device' using errcode = '53100';`),
    repair: commitAgain,
    says: 'storage.full: the database refused for lack of room',
  },
  'the connection dies at the commit': {
    sabotage: atCommit('perform pg_terminate_backend(pg_backend_pid());'),
    repair: commitAgain,
    says: 'storage.unavailable: the database cannot be reached',
  },
};

describe('entry and effect exist together or not at all', () => {
  test.each(Object.entries(failures))('%s', async (_name, { steps = {}, over = {}, sabotage, repair, says }) => {
    broken = false;
    const world = await worldWith(steps, over);
    resultOf(await world.govern('flag.set', sam, { n: 0 }));
    broken = true;
    const before = await everything(world);
    await sabotage?.(world);

    expect(said(await thrownBy(world.govern('flag.set', sam, { n: 1 }, 'key-of-the-call')))).toBe(says);
    expect(await everything(world)).toEqual(before);
    expect(world.settled.length).toBe(1);
    expect((await world.metrics.inFlight.get()).values[0]?.value).toBe(0);

    broken = false;
    await repair?.(world);
    expect(ruleOf(await world.govern('flag.set', sam, { n: 1 }, 'key-of-the-call'))).toBe('ALLOW flag.role_grant'); // the key is free
    const after = await everything(world);
    expect([after['flag']?.length, after['idempotency_key']?.length, (await entries(world, 'flag.set')).length]).toEqual([2, 1, 2]);
  });

  test('a ledger that cannot write leaves no effect', async () => {
    const world = await worldWith({});
    const before = await everything(world);
    await query(world.ownerUrl, 'revoke insert on ledger_outbox from countersign_app');
    expect(said(await thrownBy(world.govern('flag.set', sam, { n: 1 }, 'key-of-the-call')))).toBe(
      'permission denied for table ledger_outbox',
    );
    expect(await everything(world)).toEqual(before);
  });

  test('a denied action is ledgered with its whole input, runs no effect and writes nothing else', async () => {
    const effects: number[] = [];
    const world = await worldWith({ effect: async (_trx, { n }) => void effects.push(n) });
    const outcome = await world.govern('flag.set', vic, { n: 1 });
    expect([ruleOf(outcome), outcome.result, effects]).toEqual(['DENY policy.masked', null, []]);
    const [entry] = await entries(world);
    expect(entry).toMatchObject({
      type: 'flag.set',
      subject: 'flag:probe-1',
      actor: { id: 'usr_vic', kind: 'human' },
      data: {
        decision: { decisionId: outcome.decision.decisionId, result: 'DENY', ruleId: 'default.no_grant' },
        input: {
          action: 'flag.set',
          actor: { id: 'usr_vic', roles: ['viewer'] },
          facts: { request: { justification: 'because checkout is slow' } },
        },
        effect: null,
      },
    });
    expect((await everything(world))['flag']).toEqual([]);
  });

  test('a fault of the policy engine is a denial by its own rule, ledgered, without an effect and in the log', async () => {
    const world = await worldWith({}, { engine: mute });
    const outcome = await world.govern('flag.set', sam, { n: 1 });
    expect([ruleOf(outcome), outcome.result, outcome.receipt.status]).toEqual(['DENY engine.fault', null, 'SEQUENCED']);
    const all = await everything(world);
    expect([all['flag'], (await entries(world)).map(({ data }) => Object(data).decision.ruleId)]).toEqual([[], ['engine.fault']]);
    expect(world.lines[0]).toMatchObject({ msg: 'the policy engine failed, denied', decisionId: outcome.decision.decisionId });
  });

  test('who is told after the commit cannot undo it by throwing', async () => {
    const onSettled = () => {
      throw new Error('the counter broke');
    };
    const world = await worldWith({}, { onSettled });
    expect(ruleOf(await world.govern('flag.set', sam, { n: 1 }))).toBe('ALLOW flag.role_grant');
    expect((await everything(world))['flag']?.length).toBe(1);
  });

  test('an answer waits for its place only so long, and the entry is not lost by that', async () => {
    const world = await openWorld({ waitMilliseconds: 0, commands: [probe()] });
    opened.push(world);
    const { receipt } = await world.govern('flag.set', sam, { n: 1 });
    expect(receipt).toEqual({ status: 'PENDING', log: 'acme', entryId: receipt.entryId });
    const ledger = ledgerOver(world.database);
    expect(await ledger.acknowledge(receipt.log, receipt.entryId)).toMatchObject({ status: 'SEQUENCED', seq: 0, entryId: receipt.entryId });
    expect(await ledger.receipt(receipt.log, receipt.entryId)).toMatchObject({ status: 'SEQUENCED', seq: 0 });
    await ledger.stop();
  });
});
