import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { publishPolicy, rollbackPolicy } from '../../src/bundles/index.ts';
import { type BundleFiles, PolicyRegistry } from '../../src/policy/index.ts';
import {
  asArgs,
  compiledWith,
  digestIn,
  renamed,
  shippedManifest,
  signed,
  stranger,
  trust,
  withManifest,
  withSelfTest,
} from '../support/bundles.ts';
import { committed } from '../support/personal.ts';
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
const commands = [publishPolicy({ policies, trust }), rollbackPolicy({ policies, trust })];

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

const noRollbackByAdmins = [
  '"policy.rollback": {"org-admin", "policy-author", "sre"}',
  '"policy.rollback": {"policy-author", "sre"}',
] as const;
const noFirstCall = ['_other if is_null(input.facts.policyChange.proposedBy)', '_other if input.action == "policy.publish"'] as const;
const noSecondCall = ['input.facts.policyChange.proposedBy != input.actor.id', 'input.actor.id == "usr_olga"'] as const;

/** Of the golden cases about policies only those that the core decides: such a policy would have dropped the others. */
function withoutRollbacks(files: BundleFiles): BundleFiles {
  const cases: { input: { action: string }; expect: { ruleId: string } }[] = JSON.parse(String(files.get('selftest.json')));
  const byCore = ['core.tenant_match', 'core.resource_known'];
  return withSelfTest(
    files,
    cases.filter(({ input, expect: { ruleId } }) => !input.action.startsWith('policy.') || byCore.includes(ruleId)),
  );
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
      new RegExp(`serial ${serial}, one that was active has ${serial}`),
    ],
    ['malformed', () => signed(withManifest(first, { rules: 1 })), 'policy.bundle_sound', /malformed: .*at rules/],
    [
      'that nobody could take back',
      async () => signed(withoutRollbacks(await compiledWith('rules/policy/role_grant/rule.rego', ...noRollbackByAdmins))),
      'policy.bundle_sound',
      /^under this policy nobody could propose a rollback: an org-admin gets DENY by `default\.no_grant`$/,
    ],
    [
      'under which nobody could begin to take it back',
      async () => signed(withoutRollbacks(await compiledWith('rules/policy/four_eyes/rule.rego', ...noFirstCall))),
      'policy.bundle_sound',
      /^under this policy nobody could propose a rollback: an org-admin gets DENY by `policy\.four_eyes`$/,
    ],
    [
      'under which a rollback is never confirmed',
      async () => signed(withoutRollbacks(await compiledWith('rules/policy/four_eyes/rule.rego', ...noSecondCall))),
      'policy.bundle_sound',
      /^under this policy nobody could confirm a rollback: an org-admin gets DENY by `policy\.four_eyes`$/,
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
        'select tenant, position::int, action, digest, serial, revision, built_in, proposed_by, confirmed_by, at from policy_activation',
      ),
    ).toEqual([
      {
        tenant: 'acme',
        position: 1,
        action: 'policy.publish',
        digest: digestIn(first),
        serial: serial + 1,
        revision: 'first',
        built_in: false,
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
      justification: committed,
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

  it('confirm one very bundle: another manifest of the same policy is another proposal', async () => {
    resultOf(await publish(first, petra));
    const other = signed(renamed('first', { serial: serial + 9 }));
    expect([digestIn(other), resultOf(await publish(other, olga))['status']]).toEqual([digestIn(first), 'PROPOSED']);
  });

  it('are people: a machine with the same role does not count', async () => {
    resultOf(await publish(first, petra));
    const robot = person('svc_robot', ['policy-author'], { kind: 'service', purposes: ['policy-authoring'] });
    expect(ruleOf(await publish(first, robot))).toBe('DENY core.person');
  });

  it('have both signed in with a second factor', async () => {
    const weak = person('usr_petra', ['policy-author'], { purposes: ['policy-authoring'], acr: 'urn:countersign:acr:pwd' });
    expect([ruleOf(await publish(first, weak)), await rows()]).toEqual(['STEP_UP policy.step_up', nothing]);
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

  it('is refused to a bundle that was altered since, or whose signer is no longer trusted', async () => {
    await activate(first);
    await activate(second);
    await query(world.ownerUrl, `update policy_bundle set signature = '{}' where digest = $1`, [digestIn(first)]);
    const refused = await goBack(digestIn(first));
    expect(refused.decision.rules.map(({ ruleId }) => ruleId)).toEqual(['policy.bundle_signed', 'policy.bundle_sound']);
    await query(world.ownerUrl, 'delete from policy_bundle where digest = $1', [digestIn(first)]);
    expect(ruleOf(await goBack(digestIn(first)))).toBe('DENY policy.bundle_signed');
  });

  it('does not let an older serial come back by publishing', async () => {
    await activate(second);
    resultOf(await goBack(shippedManifest.digest, sam));
    resultOf(await goBack(shippedManifest.digest, olga));
    expect(ruleOf(await publish(first))).toBe('DENY policy.bundle_newer');
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
