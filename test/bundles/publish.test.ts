import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { publishPolicy, rollbackPolicy } from '../../src/bundles/index.ts';
import { type BundleFiles, PolicyRegistry } from '../../src/policy/index.ts';
import { asArgs, compiledWith, digestIn, renamed, shippedManifest, signed, stranger, trust, withManifest } from '../support/bundles.ts';
import { query } from '../support/postgres.ts';
import {
  ada,
  engine,
  engineThat,
  entries,
  globex,
  noon,
  olga,
  openWorld,
  person,
  resultOf,
  rosa,
  ruleOf,
  sam,
  type World,
} from '../support/world.ts';

const petra = person('usr_petra', ['policy-author'], { purposes: ['policy-authoring'] });
const paul = person('usr_paul', ['policy-author'], { purposes: ['policy-authoring'] });
const policies = new PolicyRegistry(engine);
const commands = [publishPolicy({ policies, trust }), rollbackPolicy({ policies })];

let world: World;
beforeAll(async () => {
  world = await openWorld({ commands });
});
afterEach(() => query(world.ownerUrl, 'truncate policy_bundle, policy_proposal, policy_activation'));
afterAll(() => world.close());

const publish = (files: BundleFiles, by = petra, of = world) => of.govern('policy.publish', by, asArgs(files));
const goBack = (digest: string, by = sam, of = world) => of.govern('policy.rollback', by, { digest, justification: 'it denies too much' });
const rows = async () => {
  const [row] = await query(
    world.ownerUrl,
    `select (select count(*)::int from policy_bundle) as bundles, (select count(*)::int from policy_proposal) as proposals,
            (select count(*)::int from policy_activation) as activations`,
  );
  return row;
};
const nothing = { bundles: 0, proposals: 0, activations: 0 };
const first = signed(renamed('first'));
const second = signed(renamed('second', { serial: shippedManifest.serial + 2 }));
const serial = shippedManifest.serial;

/** Two people publish it. */
async function activate(files: BundleFiles): Promise<void> {
  resultOf(await publish(files, petra));
  expect(resultOf(await publish(files, olga))['status']).toBe('ACTIVATED');
}

describe('a bundle is refused and the attempt is ledgered', () => {
  it.each<[string, () => BundleFiles | Promise<BundleFiles>, string, RegExp]>([
    ['unsigned', () => renamed('x'), 'policy.bundle_signed', /^the bundle carries no signature$/],
    ['signed by a stranger', () => signed(renamed('x'), stranger.privateKeyFile), 'policy.bundle_signed', /not of a trusted signer/],
    ['tampered with', () => new Map([...first, ['policy.wasm', Buffer.from('evil')]]), 'policy.bundle_sound', /have digest sha256:/],
    [
      'without golden cases that hold',
      () => new Map([...first, ['selftest.json', Buffer.from('[]')]]),
      'policy.bundle_sound',
      /`selftest\.json`/,
    ],
    [
      'of the same serial',
      () => signed(renamed('x', { serial })),
      'policy.bundle_newer',
      new RegExp(`serial ${serial}, the active one has ${serial}`),
    ],
    ['malformed', () => signed(withManifest(first, { rules: 1 })), 'policy.bundle_sound', /malformed: .*at rules/],
    [
      'that nobody could take back',
      async () =>
        signed(
          await compiledWith(
            'rules/policy/role_grant/rule.rego',
            '"policy.rollback": {"org-admin", "policy-author", "sre"}',
            '"policy.rollback": {"policy-author", "sre"}',
          ),
        ),
      'policy.bundle_sound',
      /^(the self-test|under this policy nobody could take it back)/,
    ],
  ])('%s', async (_, make, ruleId, explanation) => {
    const before = (await entries(world, 'policy.publish')).length;
    const outcome = await publish(await make());
    expect([outcome.decision.result, outcome.decision.rules.find((rule) => rule.ruleId === ruleId)?.explanation]).toEqual([
      'DENY',
      expect.stringMatching(explanation),
    ]);
    expect([outcome.result, await rows()]).toEqual([null, nothing]);
    expect(await entries(world, 'policy.publish')).toHaveLength(before + 1);
  });

  it('and a policy that would let an unsigned one in has no say in it', async () => {
    const lenient = engineThat((input) => {
      const evaluation = engine.decide(input);
      return { ...evaluation, verdict: { ...evaluation.verdict, result: 'ALLOW', rules: [], challenge: null } };
    });
    const open = await openWorld({ beside: world, engine: lenient, commands });
    await expect(publish(renamed('x'), petra, open)).rejects.toThrow('the policy allowed a bundle that is unsigned or faulty');
    expect(await rows()).toEqual(nothing);
  });

  it('by who may not', async () => {
    expect([ruleOf(await publish(first, rosa)), ruleOf(await publish(first, ada)), ruleOf(await publish(first, sam))]).toEqual([
      'DENY default.no_grant',
      'DENY default.no_grant',
      'DENY default.no_grant',
    ]);
  });

  it.each<[string, object]>([
    ['that is not base64', { wasm: '%%%' }],
    ['without a file', { manifest: undefined }],
    ['with a field too many', { more: 1 }],
  ])('as an input error: %s', async (_, change) => {
    await expect(world.govern('policy.publish', petra, { ...asArgs(first), ...change })).rejects.toMatchObject({
      code: 'govern.invalid_arguments',
    });
  });
});

describe('two people', () => {
  it('make a policy active: the first proposes, the second confirms with the same bundle', async () => {
    const proposed = await publish(first, petra);
    expect([proposed.result, await rows()]).toEqual([
      { status: 'PROPOSED', digest: digestIn(first), serial: serial + 1, revision: 'first' },
      { ...nothing, proposals: 1 },
    ]);
    const confirmed = await publish(first, olga);
    expect([resultOf(confirmed)['status'], await rows()]).toEqual(['ACTIVATED', { bundles: 1, proposals: 0, activations: 1 }]);
    expect(
      await query(
        world.ownerUrl,
        'select tenant, position::int, action, digest, serial, revision, proposed_by, confirmed_by, at from policy_activation',
      ),
    ).toEqual([
      {
        tenant: 'acme',
        position: 1,
        action: 'policy.publish',
        digest: digestIn(first),
        serial: serial + 1,
        revision: 'first',
        proposed_by: 'usr_petra',
        confirmed_by: 'usr_olga',
        at: new Date(noon),
      },
    ]);
    const [entry] = (await entries(world, 'policy.publish')).slice(-1);
    expect(Object(entry?.['data']).effect).toEqual({
      status: 'ACTIVATED',
      digest: digestIn(first),
      serial: serial + 1,
      revision: 'first',
      position: 1,
      before: { digest: shippedManifest.digest, revision: shippedManifest.revision },
      proposedBy: 'usr_petra',
      justification: 'a policy for the holidays',
      signer: `key:${[...trust.keys.keys()][0]}`,
    });
  });

  it('are two: who proposed does not confirm, whatever the roles', async () => {
    resultOf(await publish(first, petra));
    const both = person('usr_petra', ['policy-author', 'org-admin', 'sre'], { purposes: ['policy-authoring', 'operations'] });
    expect([ruleOf(await publish(first, petra)), ruleOf(await publish(first, both))]).toEqual([
      'DENY policy.four_eyes',
      'DENY policy.four_eyes',
    ]);
    expect(await rows()).toEqual({ ...nothing, proposals: 1 });
  });

  it('who propose two different policies have confirmed neither', async () => {
    resultOf(await publish(first, petra));
    expect(resultOf(await publish(second, paul))['status']).toBe('PROPOSED');
    expect(await rows()).toEqual({ ...nothing, proposals: 2 });
  });

  it('at once: one proposes, the other confirms', async () => {
    const outcomes = await Promise.all([publish(first, petra), publish(first, paul)]);
    expect(outcomes.map((outcome) => String(resultOf(outcome)['status'])).toSorted()).toEqual(['ACTIVATED', 'PROPOSED']);
    expect(await rows()).toEqual({ bundles: 1, proposals: 0, activations: 1 });
  });

  it('one person ten times at once proposes once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => publish(first, petra)));
    expect(outcomes.map(ruleOf).toSorted()).toEqual(['ALLOW policy.role_grant', ...Array<string>(9).fill('DENY policy.four_eyes')]);
  });

  it('more than a day apart are two proposals', async () => {
    resultOf(await publish(first, petra));
    world.clock.set(new Date(Date.parse(noon) + 86_400_001).toISOString());
    const late = await publish(first, person('usr_olga', ['org-admin'], { authTime: Date.parse(noon) / 1000 + 86_400 }));
    world.clock.set(noon);
    expect(resultOf(late)['status']).toBe('PROPOSED');
  });

  it('cannot put an older policy over a newer one, nor the same twice', async () => {
    await activate(second);
    expect([ruleOf(await publish(first)), ruleOf(await publish(second))]).toEqual(['DENY policy.bundle_newer', 'DENY policy.bundle_newer']);
  });

  it('who proposed upon a policy that is no longer active must propose anew', async () => {
    resultOf(await publish(second, petra));
    await activate(first);
    expect(resultOf(await publish(second, olga))['status']).toBe('PROPOSED');
  });
});

describe('going back', () => {
  it('takes two people as well, and may go lower', async () => {
    await activate(first);
    await activate(second);
    expect(resultOf(await goBack(digestIn(first), sam))['status']).toBe('PROPOSED');
    expect(ruleOf(await goBack(digestIn(first), sam))).toBe('DENY policy.four_eyes');
    expect(resultOf(await goBack(digestIn(first), olga))).toEqual({
      status: 'ACTIVATED',
      digest: digestIn(first),
      serial: serial + 1,
      revision: 'first',
    });
    expect(ruleOf(await goBack(digestIn(first), sam))).toBe('DENY policy.another_policy');
  });

  it('to the policy that ships is possible from any other', async () => {
    await activate(first);
    resultOf(await goBack(shippedManifest.digest, sam));
    expect(resultOf(await goBack(shippedManifest.digest, petra))).toMatchObject({ status: 'ACTIVATED', serial });
  });

  it('to what was never active here, or only at another tenant, is to the unknown', async () => {
    const theirs = person('usr_olga', ['org-admin'], { tenant: globex });
    const their = person('usr_paul', ['policy-author'], { tenant: globex, purposes: ['policy-authoring'] });
    resultOf(await publish(first, theirs));
    resultOf(await publish(first, their));
    expect([ruleOf(await goBack(digestIn(first))), ruleOf(await goBack(`sha256:${'0'.repeat(64)}`))]).toEqual([
      'DENY core.resource_known',
      'DENY core.resource_known',
    ]);
  });
});
