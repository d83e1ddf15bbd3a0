import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TenantId, tenantId } from '../../src/core/index.ts';
import { Drains } from '../../src/ledger/drains.ts';
import type { Ask, Batch } from '../../src/ledger/sequence.ts';
import { gate } from '../support/gate.ts';

const acme = tenantId('acme');
const done: Batch = { placed: new Map(), conflicts: new Set(), refused: [], drained: 0, more: false };
const unhandled: unknown[] = [];
const keep = (error: unknown): void => void unhandled.push(error);

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', keep);
});
afterEach(() => {
  process.off('unhandledRejection', keep);
});

const all = (asks: readonly Ask[]): ReadonlyMap<TenantId, Batch> => new Map(asks.map(({ log }) => [log, done]));

test('a batch that fails when nobody waits for it any more ends no process', async () => {
  const [begun, finish, failing] = [gate(), gate(), gate()];
  let groups = 0;
  const drains = new Drains({
    together: async (asks) => {
      groups += 1;
      if (groups > 1) return new Map();
      begun.open();
      await finish.opened;
      return all(asks);
    },
    alone: () => {
      failing.open();
      return Promise.reject(new Error('the database is gone'));
    },
    onGroupFailed: () => undefined,
    width: 1,
  });
  const first = drains.with(acme, []);
  await begun.opened;
  const { current } = drains.next(acme); // its entry is in this one, so it does not look at the next
  finish.open();
  expect(await Promise.all([first, current])).toEqual([done, done]);
  await failing.opened;
  await turnOfTheLoop(); // in which Node would tell of it
  expect(unhandled).toEqual([]);
});

test('a log that fails alone goes by itself until it succeeds, and a group that fails is told of once', async () => {
  const [globex, initech] = [tenantId('globex'), tenantId('initech')];
  const logs = [acme, globex, initech];
  const refused = new Error('the server refuses globex');
  const [groups, lonely, told]: [string[][], string[], unknown[]] = [[], [], []];
  let isHarmed = true;
  const harms = (log: TenantId): boolean => isHarmed && log === globex;
  const drains = new Drains({
    together: (asks) => {
      groups.push(asks.map(({ log }) => log));
      return asks.some(({ log }) => harms(log)) ? Promise.reject(refused) : Promise.resolve(all(asks));
    },
    alone: ({ log }) => {
      lonely.push(log);
      return harms(log) ? Promise.reject(refused) : Promise.resolve(done);
    },
    onGroupFailed: (count, error) => told.push([count, error]),
    width: 3,
  });
  const round = async () => {
    const answers = await Promise.allSettled(logs.map((log) => drains.with(log, [])));
    return [answers.map(({ status }) => status === 'fulfilled'), groups.splice(0), lonely.splice(0)];
  };
  const others = [acme, initech];
  expect(await round()).toEqual([[true, false, true], [logs], logs]);
  expect(await round()).toEqual([[true, false, true], [others], [globex]]);
  isHarmed = false;
  expect(await round()).toEqual([[true, true, true], [others], [globex]]);
  expect(await round()).toEqual([[true, true, true], [logs], []]);
  expect(told).toEqual([[3, refused]]);
});

test('when every log that waits goes by itself, there is no group', async () => {
  const groups: number[] = [];
  const drains = new Drains({
    together: (asks) => {
      groups.push(asks.length);
      return Promise.resolve(new Map());
    },
    alone: () => Promise.reject(new Error('no')),
    onGroupFailed: () => undefined,
    width: 1,
  });
  for (let n = 0; n < 3; n += 1) await expect(drains.with(acme, [])).rejects.toThrow('no');
  expect(groups).toEqual([1]);
});
