import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/govern/index.ts';
import { codeOf, refusalOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import {
  approved,
  engine,
  engineThat,
  entries,
  everything,
  executeArgs,
  globex,
  mute,
  noon,
  olga,
  openIncident,
  openWorld,
  person,
  resultOf,
  ruleOf,
  sam,
  stranger,
  vic,
  type World,
} from '../support/world.ts';
import { probe } from './probe.ts';

let world: World;
let faulty = false;
let effects = 0;
let meanwhile: () => Promise<unknown> = async () => undefined;
const faultable = engineThat((input) => (faulty ? mute : engine).decide(input));

beforeAll(async () => {
  const steps = probe({
    effect: async () => {
      effects += 1;
      await meanwhile();
    },
  });
  world = await openWorld({ engine: faultable, commands: [steps] });
});
afterAll(() => world.close());
afterEach(() => {
  faulty = false;
  meanwhile = async () => undefined;
});

/** What a key was used for, as often as asked: effects run and entries written by it. */
let next = 100;
async function counted<T>(work: (n: number) => Promise<T>): Promise<{ answers: T; effects: number; entries: number; told: number }> {
  next += 1;
  const before = { effects, entries: (await entries(world)).length, told: world.settled.length };
  const answers = await work(next);
  const written = (await entries(world)).length - before.entries;
  return { answers, effects: effects - before.effects, entries: written, told: world.settled.length - before.told };
}

describe('the same key with the same request', () => {
  test('in sequence has one effect, one entry, and the same decision, result and receipt', async () => {
    const { answers, ...counts } = await counted(async (n) => {
      const first = await world.govern('flag.set', sam, { n }, 'key-sequential');
      world.clock.advance(60_000);
      return [first, await world.govern('flag.set', sam, { n }, 'key-sequential')];
    });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]?.receipt.status).toBe('SEQUENCED');
    expect(counts).toEqual({ effects: 1, entries: 1, told: 1 });
    expect((await world.metrics.decisions.get()).values.map(({ value }) => value)).toEqual([1]);
    expect(world.lines.slice(-2).map(({ repeated }) => repeated)).toEqual([false, true]);
    world.clock.set(noon);
  });

  test('whatever the order of its fields and the fields that are undefined', async () => {
    const { answers, ...counts } = await counted(async (n) => [
      await world.govern('flag.set', sam, { n, justification: 'for another order' }, 'key-field-order'),
      await world.govern('flag.set', sam, { justification: 'for another order', extra: undefined, n }, 'key-field-order'),
    ]);
    expect(answers[1]).toEqual(answers[0]);
    expect(counts.effects).toBe(1);
  });

  test('twenty at once, all of them in flight before the first commits', async () => {
    const released = gate();
    meanwhile = () => released.opened;
    const { answers, ...counts } = await counted(async (n) => {
      const calls = Array.from({ length: 20 }, () => world.govern('flag.set', sam, { n }, 'key-concurrent'));
      expect((await world.metrics.inFlight.get()).values[0]?.value).toBe(20);
      released.open();
      return Promise.all(calls);
    });
    expect(counts).toEqual({ effects: 1, entries: 1, told: 1 });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.result).toEqual({ n: next });
  });

  test('a call that waits for one which fails does the work itself', async () => {
    const released = gate();
    let calls = 0;
    meanwhile = async () => {
      calls += 1;
      if (calls > 1) return;
      await released.opened;
      throw new Error('the first one breaks');
    };
    const { answers, ...counts } = await counted(async (n) => {
      const both = [1, 2].map(() => world.govern('flag.set', sam, { n }, 'key-first-fails'));
      released.open();
      return Promise.allSettled(both);
    });
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(counts).toEqual({ effects: 2, entries: 1, told: 1 });
  });

  test('DENY is pinned, for the one who may not know why too', async () => {
    const { answers, ...counts } = await counted(async (n) => {
      const denied = await world.govern('flag.set', vic, { n }, 'key-denied-1');
      const role = person('usr_vic', ['sre']); // the role came since: a new key is needed
      return [
        denied,
        await world.govern('flag.set', role, { n }, 'key-denied-1'),
        await world.govern('flag.set', role, { n }, 'key-denied-2'),
      ];
    });
    expect(answers.map(ruleOf)).toEqual(['DENY policy.masked', 'DENY policy.masked', 'ALLOW flag.role_grant']);
    expect(answers[1]).toEqual(answers[0]);
    expect(counts).toEqual({ effects: 1, entries: 2, told: 2 });
  });

  test('STEP_UP is not pinned: after signing in again the same key succeeds, and that is pinned', async () => {
    const plan = await approved(world, { groupKey: 'step-up', labels: { alertname: 'ServiceDown' } });
    const weak = person('usr_olga', ['org-admin'], { acr: null, authTime: null, amr: [] });
    const answers: Outcome[] = [await world.govern('orchestration.execute', weak, executeArgs(plan), 'key-step-up')];
    answers.push(await world.govern('orchestration.execute', weak, executeArgs(plan), 'key-step-up'));
    answers.push(await world.govern('orchestration.execute', olga, executeArgs(plan), 'key-step-up'));
    answers.push(await world.govern('orchestration.execute', weak, executeArgs(plan), 'key-step-up'));
    expect(answers.map(ruleOf)).toEqual([
      'STEP_UP orchestration.step_up',
      'STEP_UP orchestration.step_up',
      'ALLOW orchestration.role_grant',
      'ALLOW orchestration.role_grant',
    ]);
    expect(answers[0]?.decision.challenge).toEqual({ acrValues: 'urn:countersign:acr:mfa', maxAge: 900 });
    expect(answers[3]).toEqual(answers[2]);
    expect((await entries(world, 'orchestration.execute')).length).toBe(3);
    expect(world.sent.filter(({ queue }) => queue === 'orchestration-execute').length).toBe(1);
  });

  test('a step-up key still stands for its own request', async () => {
    const plan = await approved(world, { groupKey: 'step-up-2', labels: { alertname: 'ServiceDown' } });
    const weak = person('usr_olga', ['org-admin'], { acr: null });
    await world.govern('orchestration.execute', weak, executeArgs(plan), 'key-step-up-2');
    const other = { ...executeArgs(plan), planHash: `sha256:${'0'.repeat(64)}` };
    expect(await codeOf(world.govern('orchestration.execute', olga, other, 'key-step-up-2'))).toBe('govern.idempotency_conflict');
  });

  test('a fault of the policy engine is not pinned', async () => {
    faulty = true;
    const { answers, ...counts } = await counted(async (n) => {
      const broken = await world.govern('flag.set', sam, { n }, 'key-faulty');
      faulty = false;
      return [broken, await world.govern('flag.set', sam, { n }, 'key-faulty')];
    });
    expect(answers.map(ruleOf)).toEqual(['DENY engine.fault', 'ALLOW flag.role_grant']);
    expect(counts).toEqual({ effects: 1, entries: 2, told: 2 });
  });
});

describe('a key stands for one request of one actor', () => {
  test('another input is a conflict, which leaves nothing behind', async () => {
    const answer = await world.govern('flag.set', sam, { n: 1 }, 'key-conflict');
    const before = await everything(world);
    const refused = await refusalOf(world.govern('flag.set', sam, { n: 2 }, 'key-conflict'));
    expect([refused.code, refused.message]).toEqual([
      'govern.idempotency_conflict',
      'the idempotency key `key-conflict` was used for another request',
    ]);
    expect(await everything(world)).toEqual(before);
    expect(await world.govern('flag.set', sam, { n: 1 }, 'key-conflict')).toEqual(answer);
  });

  test('another action with the same input is a conflict', async () => {
    const incidentId = await openIncident(world, { groupKey: 'other-action' });
    resultOf(await world.govern('incident.acknowledge', sam, { incidentId }, 'key-other-action'));
    expect(await codeOf(world.govern('incident.resolve', sam, { incidentId }, 'key-other-action'))).toBe('govern.idempotency_conflict');
  });

  test('another input at the same time is a conflict too, once the first has committed', async () => {
    const released = gate();
    meanwhile = () => released.opened;
    const [first, second] = [3, 4].map((n) => world.govern('flag.set', sam, { n }, 'key-conflict-race'));
    released.open();
    const outcomes = await Promise.allSettled([first, second]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))).toEqual([
      'govern.idempotency_conflict',
    ]);
  });

  test('another actor and another tenant use the same key for themselves', async () => {
    const { answers, ...counts } = await counted(async (n) => [
      await world.govern('flag.set', sam, { n }, 'key-shared'),
      await world.govern('flag.set', olga, { n: -n }, 'key-shared'),
      await world.govern('flag.set', stranger, { n }, 'key-shared'), // the same actor id, in globex
    ]);
    expect(answers.map(({ result }) => result)).toEqual([{ n: next }, { n: -next }, { n: next }]);
    expect(new Set(answers.map(({ decision }) => decision.decisionId)).size).toBe(3);
    expect(answers[2]?.decision.tenant).toBe(globex);
    const n = next;
    const again = [
      await world.govern('flag.set', sam, { n }, 'key-shared'),
      await world.govern('flag.set', olga, { n: -n }, 'key-shared'),
      await world.govern('flag.set', stranger, { n }, 'key-shared'),
    ];
    expect(again).toEqual(answers);
    expect(counts).toEqual({ effects: 3, entries: 3, told: 3 });
  });

  test('without a key every call is its own', async () => {
    const { answers, ...counts } = await counted(async (n) => [
      await world.govern('flag.set', sam, { n }),
      await world.govern('flag.set', sam, { n }),
    ]);
    expect(answers[0]?.decision.decisionId).not.toBe(answers[1]?.decision.decisionId);
    expect(counts.entries).toBe(2);
  });
});

describe('the form of a key', () => {
  test.each([
    ['eight', '12345678'],
    ['two hundred', 'k'.repeat(200)],
    ['a uuid', '018f2b6e-7c1a-7abc-8def-0123456789ab'],
    ['not ascii', 'schlüssel-鍵'],
  ])('%s is taken', async (_name, key) => {
    expect(ruleOf(await world.govern('flag.set', sam, { n: 5 }, key))).toBe('ALLOW flag.role_grant');
  });

  test.each([
    ['empty', ''],
    ['seven', '1234567'],
    ['two hundred and one', 'k'.repeat(201)],
    ['a NUL', 'key-\0-key'],
    ['a line end', 'key-key-\n'],
    ['a lone surrogate', 'key-key-\ud83d'],
  ])('%s is refused, and nothing happens', async (_name, key) => {
    const before = await everything(world);
    const refused = await refusalOf(world.govern('flag.set', sam, { n: 6 }, key));
    expect([refused.code, refused.message]).toEqual(['govern.invalid_arguments', 'an idempotency key has 8 to 200 printable characters']);
    expect(await everything(world)).toEqual(before);
  });
});
