import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { divergencesOf, Shadow } from '../../src/bundles/index.ts';
import type { Decision } from '../../src/govern/index.ts';
import { PolicyEngine, type PolicyInput } from '../../src/policy/index.ts';
import { compiledWith, digestIn, loadable } from '../support/bundles.ts';
import { query } from '../support/postgres.ts';
import { acme, globex, mute, olga, openWorld, ruleOf, sam, type World } from '../support/world.ts';

let strict: PolicyEngine;
let world: World;
let shadow: Shadow;
let candidate: PolicyEngine;
let digest: string;

beforeAll(async () => {
  // One character more in a reason.
  const files = await compiledWith('rules/flag/justification/rule.rego', '>= 10', '>= 11');
  digest = digestIn(files);
  strict = await PolicyEngine.load(loadable(files));
});
beforeEach(() => {
  candidate = strict;
});
beforeAll(async () => {
  world = await openWorld({ onSettled: (decision, _result, input) => shadow.observe(decision, input) });
});
afterAll(() => world.close());

function open(): Shadow {
  return new Shadow({ database: world.database, candidate, telemetry: world.telemetry });
}
const flag = (justification: string, by = sam) => world.govern('flag.set', by, { key: 'checkout', enabled: true, justification });
const counted = async () =>
  Object.fromEntries((await world.metrics.shadowDecisions.get()).values.map(({ labels, value }) => [labels.outcome, value]));
const listed = (tenant = acme) => world.database.transaction(tenant, (trx) => divergencesOf(trx, tenant, 10));

it('what a candidate would have decided otherwise is counted, told and listed; the answer is the active one’s', async () => {
  shadow = open();
  const same = await flag('eleven chars');
  const other = await flag('ten chars.');
  await shadow.stop();
  expect([ruleOf(same), ruleOf(other)]).toEqual(['ALLOW flag.role_grant', 'ALLOW flag.role_grant']);
  const { decisionId, ts } = other.decision;
  const divergence = { decisionId, action: 'flag.set', decided: 'ALLOW flag.role_grant', wouldDecide: 'DENY flag.justification' };
  expect(await listed()).toEqual([{ ...divergence, candidate: digest, at: new Date(ts) }]);
  expect(await listed(globex)).toEqual([]);
  expect(await counted()).toEqual({ same: 1, diverged: 1 });
  expect(world.lines.filter(({ level }) => level === 40)).toEqual([
    expect.objectContaining({ ...divergence, candidate: strict.version.revision }),
  ]);
});

it('a repeated call is not counted again', async () => {
  shadow = open();
  const before = await counted();
  for (let time = 0; time < 3; time += 1) {
    await world.govern('flag.set', olga, { key: 'a', enabled: true, justification: 'ten chars.' }, 'shadow-key-1');
  }
  await shadow.stop();
  expect(await counted()).toEqual({ ...before, diverged: Number(before['diverged']) + 1 });
});

it('a candidate at fault, and a divergence that cannot be written down, change no answer', async () => {
  candidate = mute;
  shadow = open();
  await query(world.ownerUrl, 'alter table policy_divergence rename to hidden');
  expect(ruleOf(await flag('ten chars.'))).toBe('ALLOW flag.role_grant');
  await shadow.stop();
  await query(world.ownerUrl, 'alter table hidden rename to policy_divergence');
  expect(world.lines.at(-1)).toMatchObject({ level: 50, msg: 'a divergence of the candidate policy could not be written down' });
});

it('what comes faster than the candidate answers is counted as missed, and a stop waits for the rest', async () => {
  const seen: { decision: Decision; input: PolicyInput }[] = [];
  const beside = await openWorld({ beside: world, onSettled: (decision, _result, input) => void seen.push({ decision, input }) });
  await beside.govern('flag.set', sam, { key: 'checkout', enabled: true, justification: 'eleven chars' });
  const [{ decision, input } = expect.fail('nothing was decided')] = seen;
  shadow = open();
  const before = await counted();
  for (let time = 0; time < 300; time += 1) shadow.observe(decision, input); // in one turn
  await shadow.stop();
  const after = await counted();
  expect([Number(after['same']) - Number(before['same']), after['missed']]).toEqual([256, 44]);
});
