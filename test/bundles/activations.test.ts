import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Activations, loadActive, publishPolicy, rollbackPolicy } from '../../src/bundles/index.ts';
import { type BundleFiles, PolicyRegistry, type PolicyVersion } from '../../src/policy/index.ts';
import { asArgs, compiledWith, digestIn, renamed, shippedManifest, signed, stranger, trust, withoutCasesOf } from '../support/bundles.ts';
import { query } from '../support/postgres.ts';
import { acme, engine, globex, olga, openWorld, person, resultOf, type World } from '../support/world.ts';

const petra = person('usr_petra', ['policy-author'], { purposes: ['policy-authoring'] });
const builtIn = new PolicyRegistry(engine);
const commands = [publishPolicy({ policies: builtIn, trust }), rollbackPolicy({ policies: builtIn, trust })];

/** A gateway as far as policies go: what it would decide by, and what it complains of. */
type Follower = { readonly policies: PolicyRegistry; readonly activations: Activations; readonly errors: string[] };

let world: World;
const followers: Follower[] = [];
beforeEach(async () => {
  world = await openWorld({ commands });
});
afterEach(async () => {
  await Promise.all(followers.splice(0).map(({ activations }) => activations.stop()));
  await world.close();
});

async function follow(over: { pollMilliseconds?: number } = {}): Promise<Follower> {
  const policies = new PolicyRegistry(engine);
  const errors: string[] = [];
  const onError = (tenant: string, error: unknown): void =>
    void errors.push(`${tenant}: ${error instanceof Error ? error.message : error}`);
  const activations = new Activations({ database: world.database, policies, trust, onError, pollMilliseconds: 3_600_000, ...over });
  const follower = { policies, activations, errors };
  followers.push(follower);
  await activations.start();
  return follower;
}

async function activate(files: BundleFiles): Promise<string> {
  resultOf(await world.govern('policy.publish', petra, asArgs(files)));
  resultOf(await world.govern('policy.publish', olga, asArgs(files)));
  return digestIn(files);
}

const decidedBy = ({ policies }: Follower, tenant = acme): PolicyVersion => policies.engineFor(tenant).version;
const first = signed(renamed('first'));
const second = signed(renamed('second', { serial: shippedManifest.serial + 2 }));

describe('gateways', () => {
  it('converge on what a tenant made active, that tenant only', async () => {
    const gateways = [await follow(), await follow()];
    const digest = await activate(first);
    expect(gateways.map((gateway) => decidedBy(gateway))).toEqual([engine.version, engine.version]);
    await Promise.all(gateways.map(({ activations }) => activations.refresh()));
    expect(gateways.map((gateway) => decidedBy(gateway))).toEqual(Array(2).fill({ digest, revision: 'first' }));
    expect(gateways.map((gateway) => decidedBy(gateway, globex))).toEqual([engine.version, engine.version]);
    expect(gateways.flatMap(({ errors }) => errors)).toEqual([]);
  });

  it('find it by themselves', async () => {
    const gateway = await follow({ pollMilliseconds: 5 });
    const digest = await activate(first);
    await expect.poll(() => decidedBy(gateway).digest, { interval: 5, timeout: 10_000 }).toBe(digest);
  });

  it('that start later decide by it from the first action on, and after a rollback by the one that ships', async () => {
    const digest = await activate(first);
    const gateway = await follow();
    expect(decidedBy(gateway)).toEqual({ digest, revision: 'first' });
    resultOf(await world.govern('policy.rollback', petra, { digest: shippedManifest.digest, justification: 'it denies too much' }));
    resultOf(await world.govern('policy.rollback', olga, { digest: shippedManifest.digest, justification: 'it denies too much' }));
    await gateway.activations.refresh();
    expect(decidedBy(gateway)).toEqual(engine.version);
    // Also under a version of the gateway that ships another policy, which nobody stored.
    await query(world.ownerUrl, `update policy_activation set digest = 'sha256:of-an-older-version' where built_in`);
    expect([decidedBy(await follow()), await loadActive(world.database, acme, { policies: builtIn, trust })]).toEqual([
      engine.version,
      engine,
    ]);
  });

  it('decide by what was published: a rule that it takes away no longer holds', async () => {
    const relaxed = signed(withoutCasesOf(await compiledWith('rules/flag/justification/rule.rego', '>= 10', '>= 0'), 'flag.justification'));
    const gateway = await follow();
    await activate(relaxed);
    await gateway.activations.refresh();
    const beside = await openWorld({ beside: world, engine: gateway.policies.engineFor(acme) });
    const set = { key: 'checkout', enabled: true, justification: '' };
    expect((await beside.govern('flag.set', olga, set)).decision.policy.digest).toBe(digestIn(relaxed));
    expect((await beside.govern('flag.set', olga, set)).decision.result).toBe('ALLOW');
    expect((await world.govern('flag.set', olga, set)).decision.ruleId).toBe('flag.justification');
  });
});

describe('a bundle that was altered in the database', () => {
  const alter = (set: string) => query(world.ownerUrl, `update policy_bundle set ${set} where digest = $1`, [digestIn(second)]);
  const attacks: [string, () => Promise<unknown>, RegExp][] = [
    ['its policy', () => alter(`wasm = 'evil'`), /have digest sha256:/],
    [
      'its manifest',
      () => alter(`manifest = convert_to(replace(convert_from(manifest, 'UTF8'), 'second', 'third'), 'UTF8')`),
      /it is untrusted: /,
    ],
    ['its golden cases', () => alter(`self_test = '[]'`), /`selftest\.json` have digest/],
    ['its signature', () => alter(`signature = ''`), /it is untrusted: /],
    [
      'all of it, signed by somebody else',
      async () => {
        const other = signed(renamed('second', { serial: shippedManifest.serial + 2 }), stranger.privateKeyFile);
        await query(world.ownerUrl, 'update policy_bundle set signature = $1 where digest = $2', [
          other.get('manifest.sigstore.json'),
          digestIn(second),
        ]);
      },
      /it is untrusted: .*which is not trusted/,
    ],
    [
      'for another signed one',
      () =>
        query(
          world.ownerUrl,
          'update policy_bundle b set manifest = a.manifest, data = a.data, signature = a.signature from policy_bundle a where a.digest = $1 and b.digest = $2',
          [digestIn(first), digestIn(second)],
        ),
      /^acme: it is the policy sha256:/,
    ],
    ['away', () => query(world.ownerUrl, 'delete from policy_bundle where digest = $1', [digestIn(second)]), /it is missing/],
  ];

  it.each(attacks)(
    '%s: refused, the old one keeps serving; who starts with it denies that tenant everything, and no other',
    async (_, attack, why) => {
      await activate(first);
      const gateway = await follow();
      await activate(second);
      await attack();
      await gateway.activations.refresh();
      await gateway.activations.refresh(); // told once
      expect([decidedBy(gateway).revision, gateway.errors]).toEqual(['first', [expect.stringMatching(why)]]);
      const late = await follow();
      expect(late.policies.engineFor(globex)).toBe(engine);
      const closed = await openWorld({ beside: world, engine: late.policies.engineFor(acme) });
      const { decision } = await closed.govern('flag.set', olga, { key: 'checkout', enabled: true, justification: 'because of a test' });
      expect([decision.result, decision.ruleId, decision.policy.digest]).toEqual(['DENY', 'engine.fault', digestIn(second)]);
    },
  );
});

it('who looks into the database sees what decides for each tenant, checked like a gateway would', async () => {
  const active = (tenant = acme) => loadActive(world.database, tenant, { policies: builtIn, trust });
  expect(await active()).toBe(engine);
  await activate(first);
  expect([(await active()).version.revision, await active(globex)]).toEqual(['first', engine]);
  await query(world.ownerUrl, `update policy_bundle set self_test = '[]'`);
  await expect(active()).rejects.toThrow('`selftest.json` have digest');
});

it('a refused policy is taken up once it is repaired, without a restart', async () => {
  await activate(first);
  await query(world.ownerUrl, `create table kept as select signature from policy_bundle; update policy_bundle set signature = ''`);
  const gateway = await follow();
  await query(world.ownerUrl, 'update policy_bundle set signature = kept.signature from kept');
  await gateway.activations.refresh();
  expect([decidedBy(gateway).revision, gateway.errors.length]).toEqual(['first', 1]);
});

describe('a database that does not answer', () => {
  it('keeps a gateway from starting, and says nothing about the policy of one that runs', async () => {
    await activate(first);
    const gateway = await follow();
    await activate(second);
    await query(world.ownerUrl, 'alter table policy_bundle rename to hidden');
    await expect(gateway.activations.refresh()).rejects.toThrow('policy_bundle');
    expect(decidedBy(gateway).revision).toBe('first');
    await expect(follow()).rejects.toThrow('policy_bundle');
    await query(world.ownerUrl, 'alter table hidden rename to policy_bundle');
    await gateway.activations.refresh();
    expect(decidedBy(gateway).revision).toBe('second');
  });
});
