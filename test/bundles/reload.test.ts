import { afterAll, beforeAll, expect, it } from 'vitest';
import { PolicyEngine, PolicyRegistry, type PolicyVersion } from '../../src/policy/index.ts';
import { digestIn, loadable, renamed } from '../support/bundles.ts';
import { acme, engine, openWorld, sam, type World, why } from '../support/world.ts';

const policies = new PolicyRegistry(engine);
const other = renamed('other');
let reloaded: PolicyEngine;
let asked = 0;
let world: World;
beforeAll(async () => {
  reloaded = await PolicyEngine.load(loadable(other));
  const counted = {
    engineFor: (tenant: string) => {
      asked += 1;
      return policies.engineFor(tenant);
    },
  };
  world = await openWorld({ policies: counted });
});
afterAll(() => world.close());

it('while policies are swapped at every turn, each action is decided by one of them, whole', async () => {
  asked = 0;
  let running = true;
  let swaps = 0;
  const swap = (): void => {
    swaps += 1;
    policies.adopt(acme, swaps % 2 === 0 ? engine : reloaded);
    if (running) setImmediate(swap);
  };
  swap();
  const set = (n: number) => world.govern('flag.set', sam, { key: `flag.n${n}`, enabled: true, justification: why });
  const outcomes = await Promise.all(Array.from({ length: 200 }, (_, n) => set(n)));
  running = false;
  const versions = new Set(outcomes.map(({ decision }) => JSON.stringify(decision.policy satisfies PolicyVersion)));
  const both = [engine.version, { digest: digestIn(other), revision: 'other' }].map((version) => JSON.stringify(version));
  expect([...versions].toSorted()).toEqual(both.toSorted());
  expect(outcomes.filter(({ decision }) => decision.result !== 'ALLOW')).toEqual([]);
  expect([asked, swaps > 200]).toEqual([200, true]);
});
