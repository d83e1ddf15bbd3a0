import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KILL_SWITCH, listFlags } from '../../src/flags/index.ts';
import { refusalOf } from '../support/errors.ts';
import { sealed, unsealed } from '../support/personal.ts';
import { connected, query } from '../support/postgres.ts';
import {
  acme,
  entries,
  globex,
  olga,
  openWorld,
  person,
  resultOf,
  rosa,
  ruleOf,
  sam,
  stranger,
  untilBlocked,
  vic,
  type World,
  why,
} from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() => query(world.ownerUrl, 'delete from flag'));

const set = (args: object, who = sam) =>
  world.govern('flag.set', who, { key: 'checkout.express', enabled: true, justification: why, ...args });
const flags = (tenant = acme) => world.database.transaction(tenant, (trx) => listFlags(trx, tenant));
const history = async (key: string) =>
  (await entries(world, 'flag.set')).filter(({ subject }) => subject === `flag:${key}`).map(({ data }) => Object(data).effect);

test('a flag comes to be when it is first set, and its history is in the ledger: before and after', async () => {
  expect(resultOf(await set({ rateLimit: 50 }))).toEqual({ key: 'checkout.express' });
  world.clock.advance(1_000);
  resultOf(await set({ enabled: false, justification: 'it is worse than before' }, olga));
  const [flag] = await flags();
  expect(await flags()).toEqual([
    {
      key: 'checkout.express',
      enabled: false,
      rateLimit: null,
      reason: sealed,
      setBy: 'usr_olga',
      setAt: new Date('2026-03-02T12:00:01.000Z'),
    },
  ]);
  const held = { column: 'flag.reason', row: 'checkout.express', by: 'usr_olga', text: flag?.reason };
  expect(await unsealed(world, acme, held)).toBe('it is worse than before');
  expect(await history('checkout.express')).toEqual([
    { key: 'checkout.express', before: null, after: { enabled: true, rateLimit: 50 } },
    { key: 'checkout.express', before: { enabled: true, rateLimit: 50 }, after: { enabled: false, rateLimit: null } },
  ]);
});

test('a throttle of nothing is a throttle', async () => {
  resultOf(await set({ key: 'search', rateLimit: 0 }));
  expect((await flags()).map(({ key, enabled, rateLimit }) => [key, enabled, rateLimit])).toEqual([['search', true, 0]]);
});

test('a denial leaves the flag and is in its history without an effect', async () => {
  resultOf(await set({ key: 'denied' }));
  const low = { ...sam, context: { ...sam.context, deviceTrust: 'low' as const } };
  const outcomes = [
    await set({ key: 'denied', enabled: false }, rosa),
    await set({ key: 'denied', enabled: false }, vic),
    await set({ key: 'denied', enabled: false }, low),
    await set({ key: 'denied', justification: 'too short' }),
  ];
  expect(outcomes.map(ruleOf)).toEqual([
    'DENY default.no_grant',
    'DENY policy.masked',
    'DENY core.device_trust',
    'DENY flag.justification',
  ]);
  expect((await flags()).map(({ enabled }) => enabled)).toEqual([true]);
  expect((await history('denied')).slice(1)).toEqual([null, null, null, null]);
});

test('two who first set it at once: the later one saw the earlier one', async () => {
  const second = person('usr_second', ['sre']);
  const outcomes = await connected(world.ownerUrl, async (client) => {
    await client.query('begin');
    await client.query('lock table flag in exclusive mode');
    const both = [set({ key: 'raced', rateLimit: 1 }), set({ key: 'raced', rateLimit: 2 }, second)];
    await untilBlocked(world, 2);
    await client.query('rollback');
    return Promise.all(both);
  });
  expect(outcomes.map(ruleOf)).toEqual(['ALLOW flag.role_grant', 'ALLOW flag.role_grant']);
  const [first, then] = await history('raced');
  expect([first.before, then.before]).toEqual([null, first.after]);
  expect((await flags()).map(({ rateLimit }) => rateLimit)).toEqual([then.after.rateLimit]);
});

test('twenty at once make one chain', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, n) => set({ key: 'chain', rateLimit: n })));
  const effects = await history('chain');
  // Each setting was the one before exactly one other: nothing was overwritten unseen.
  const before = effects.map((effect) => effect.before?.rateLimit ?? -1);
  const after = effects.map((effect) => effect.after.rateLimit);
  const [last] = await flags();
  expect([...before, last?.rateLimit].toSorted((a, b) => a - b)).toEqual([-1, ...after].toSorted((a, b) => a - b));
});

test('a flag is of one tenant', async () => {
  resultOf(await set({}, stranger));
  expect([await flags(), (await flags(globex)).map(({ key }) => key)]).toEqual([[], ['checkout.express']]);
});

test('flags are listed by name', async () => {
  for (const key of ['b', 'a.z', 'a']) resultOf(await set({ key }));
  expect((await flags()).map(({ key }) => key)).toEqual(['a', 'a.z', 'b']);
});

describe('what is refused', () => {
  test.each(['', 'Upper', 'under_score', '.dot', 'dot.', 'two..dots', '1st', 'space d', `a${'b'.repeat(100)}`, 'ключ'])(
    'the key `%s`',
    async (key) => {
      expect((await refusalOf(set({ key }))).message).toMatch(/^`key`: /);
    },
  );

  test.each([-1, 1.5, 1_000_001, '5', Number.NaN])('the throttle %s', async (rateLimit) => {
    expect((await refusalOf(set({ rateLimit }))).code).toBe('govern.invalid_arguments');
  });
});

test('the kill switch has its one name', () => {
  expect(KILL_SWITCH).toBe('remediation.kill-switch');
});
