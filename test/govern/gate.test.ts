import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Gate } from '../../src/govern/gate.ts';
import { codeOf, refusalOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { everything, openWorld, resultOf, sam, type World } from '../support/world.ts';
import { probe } from './probe.ts';

describe('a gate', () => {
  test('lets as many pass as it may and counts them, also those that fail', async () => {
    const counts: number[] = [];
    const narrow = new Gate(2, (n) => counts.push(n));
    const [first, second] = [gate(), gate()];
    const one = narrow.pass(() => first.opened.then(() => 'one'));
    const two = narrow.pass(() => second.opened.then(() => Promise.reject(new Error('two failed'))));
    const refused = await refusalOf(narrow.pass(() => Promise.resolve('three')));
    expect([refused.code, refused.message]).toEqual(['govern.overloaded', '2 governed actions are already under way']);
    first.open();
    expect(await one).toBe('one');
    expect(await narrow.pass(() => Promise.resolve('four'))).toBe('four');
    second.open();
    await expect(two).rejects.toThrow('two failed');
    expect(counts).toEqual([1, 2, 1, 2, 1, 0]);
  });

  test('counts work that throws before it returns a promise', async () => {
    const counts: number[] = [];
    const narrow = new Gate(1, (n) => counts.push(n));
    const throwing = () => {
      throw new Error('at once');
    };
    await expect(narrow.pass(throwing)).rejects.toThrow('at once');
    expect([await narrow.pass(() => Promise.resolve('next')), counts]).toEqual(['next', [1, 0, 1, 0]]);
  });

  test('once closed refuses what is new and waits for the last that is under way', async () => {
    const closing = new Gate(5, () => undefined);
    const [first, second] = [gate(), gate()];
    const order: string[] = [];
    const works = [
      closing.pass(() => first.opened.then(() => order.push('first'))),
      closing.pass(() => second.opened.then(() => order.push('second'))),
    ];
    const closed = [closing.close(), closing.close()].map((done) => done.then(() => order.push('closed')));
    expect(await codeOf(closing.pass(() => Promise.resolve()))).toBe('govern.stopping');
    first.open();
    await works[0];
    second.open();
    await Promise.all([...works, ...closed]);
    expect(order).toEqual(['first', 'second', 'closed', 'closed']);
    await closing.close(); // nothing is under way: at once
  });
});

describe('the kernel behind it', () => {
  const held = { entered: gate(), release: gate() };
  let world: World;
  beforeEach(async () => {
    Object.assign(held, { entered: gate(), release: gate() });
    const holds = async () => {
      held.entered.open();
      await held.release.opened;
    };
    world = await openWorld({ maxInFlight: 1, commands: [probe({ effect: holds })] });
  });
  afterEach(() => world.close());

  test('refuses above its bound without touching the database, and takes the next when one has ended', async () => {
    const first = world.govern('flag.set', sam, { n: 1 });
    await held.entered.opened;
    const before = await everything(world);
    expect(await codeOf(world.govern('flag.set', sam, { n: 2 }))).toBe('govern.overloaded');
    expect(await everything(world)).toEqual(before);
    held.release.open();
    resultOf(await first);
    expect(resultOf(await world.govern('flag.set', sam, { n: 3 }))).toEqual({ n: 3 });
  });

  test('while it closes finishes what is under way, its ledger entry included, and refuses the rest', async () => {
    const first = world.govern('flag.set', sam, { n: 1 });
    await held.entered.opened;
    let closed = false;
    const closing = world.kernel.close().then(() => {
      closed = true;
    });
    expect(await codeOf(world.govern('flag.set', sam, { n: 2 }))).toBe('govern.stopping');
    expect(closed).toBe(false);
    held.release.open();
    const { receipt } = await first;
    await closing;
    expect([receipt.status, closed]).toEqual(['SEQUENCED', true]);
  });

  test('knows its actions and refuses others before anything else', async () => {
    expect(world.kernel.actions).toEqual([
      'alert.receive',
      'breakglass.declare',
      'breakglass.review',
      'flag.set',
      'incident.acknowledge',
      'incident.resolve',
      'ledger.archive',
      'ledger.read_entries',
      'ledger.read_entry',
      'ledger.read_log',
      'ledger.read_timeline',
      'orchestration.approve',
      'orchestration.dry_run',
      'orchestration.execute',
      'orchestration.propose',
      'orchestration.record_dry_run',
      'orchestration.record_outcome',
      'orchestration.reject',
      'privacy.erase_subject',
    ]);
    const refused = await refusalOf(world.govern('flag.unset', sam, {}));
    expect([refused.code, refused.message]).toEqual(['govern.unknown_action', 'there is no action `flag.unset`']);
  });
});
