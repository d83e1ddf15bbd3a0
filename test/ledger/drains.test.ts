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
