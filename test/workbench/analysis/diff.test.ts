import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/index.ts';
import { analyse, diffPolicies, loadPolicy, type Policy, type PolicyDiff } from '../../../src/workbench/index.ts';
import { analysisFolder, bugs, narrowed, planted, policies } from './planted.ts';

const execute = 'orchestration.execute';
const executed =
  'Rita, a responder, executes on a P1 what Pat proposed and Sam approved, five minutes after signing in with a second factor';
const own = async () => await loadPolicy(join(policies, 'dist'));

/** The values of a small space, each attribute's as JSON, `undefined` for absence; the first ones are the baseline's. */
const small: readonly (readonly [string, readonly unknown[]])[] = [
  ['actor.id', ['user:rita', 'user:sam']],
  ['actor.tenant', ['acme', 'umbrella']],
  ['actor.roles', [['responder'], [], ['auditor'], ['responder', 'auditor']]],
  ['actor.acr', ['urn:countersign:acr:mfa', null]],
  ['resource.known', [true, false]],
  ['resource.severity', ['P1', 'P2']],
  ['context.deviceTrust', ['high', 'low']],
  ['facts.killSwitch', [false, true, undefined]],
  ['facts.approvals', [[{ actor: 'user:sam', planHash: 'sha256:aa' }], [], [{ actor: 'user:rita', planHash: 'sha256:aa' }]]],
];

const declared = {
  'actor.id': { values: ['user:rita', 'user:sam'] },
  'actor.tenant': { values: ['acme', 'umbrella'] },
  'actor.roles': { subsets: { of: ['responder', 'auditor'], upTo: 2 } },
  'actor.acr': { values: [null, 'urn:countersign:acr:mfa'] },
  'resource.known': { values: [true, false] },
  'resource.severity': { values: ['P1', 'P2'] },
  'context.deviceTrust': { values: ['low', 'high'] },
  'facts.killSwitch': { optional: true, values: [false, true] },
  'facts.approvals': {
    subsets: {
      of: [
        { is: { actor: 'user:sam', planHash: 'sha256:aa' }, as: "Sam's" },
        { is: { actor: 'user:rita', planHash: 'sha256:aa' }, as: "Rita's" },
      ],
      upTo: 1,
    },
  },
};

/** The small space as a folder: every other attribute stands still. */
function smallFolder(): string {
  return analysisFolder({
    space: (space) => ({
      ...space,
      attributes: Object.fromEntries(
        Object.keys(space['attributes'] as object).map((path) => [
          path,
          declared[path as keyof typeof declared] ?? { optional: path.startsWith('facts.breakGlass.'), values: [] },
        ]),
      ),
    }),
    invariants: [],
  });
}

/** Every input of the small space, with how many attributes differ from the baseline; made without any code of the analysis. */
function* smallInputs(base: JsonObject, axes = small, distance = 0): Generator<{ input: JsonObject; distance: number; roles: string }> {
  const [axis, ...rest] = axes;
  if (axis === undefined) {
    const roles = (base['actor'] as { roles: string[] }).roles;
    yield { input: base, distance, roles: roles.length === 0 ? 'none' : roles.join(' and ') };
    return;
  }
  const [path, values] = axis;
  const [section = '', name = ''] = path.split('.');
  for (const [index, value] of values.entries()) {
    const { [name]: _, ...others } = base[section] as JsonObject;
    const changed = { ...base, [section]: value === undefined ? others : { ...others, [name]: value } } as JsonObject;
    yield* smallInputs(changed, rest, distance + (index === 0 ? 0 : 1));
  }
}

const baseline: JsonObject = {
  action: execute,
  now: { epoch: 1790000000, iso: '2026-09-21T14:13:20.000Z', weekday: 1, minuteOfDay: 853 },
  actor: {
    id: 'user:rita',
    kind: 'human',
    tenant: 'acme',
    roles: ['responder'],
    purposes: ['incident-response'],
    authTime: 1789999700,
    acr: 'urn:countersign:acr:mfa',
    amr: ['pwd', 'otp'],
  },
  resource: {
    type: 'orchestration',
    id: 'orc_1',
    tenant: 'acme',
    known: true,
    purpose: 'incident-response',
    region: 'eu',
    category: 'payments',
    severity: 'P1',
  },
  context: { zone: 'office', deviceTrust: 'high', sessionRisk: 5, channel: 'graphql' },
  facts: {
    request: { planHash: 'sha256:aa', justification: 'checkout is down' },
    incident: { status: 'INVESTIGATING' },
    orchestration: { status: 'APPROVED', proposedBy: 'user:pat', planHash: 'sha256:aa', simulated: false },
    dryRun: { passed: true, ageSeconds: 60 },
    approvals: [{ actor: 'user:sam', planHash: 'sha256:aa' }],
    killSwitch: false,
    freeze: { active: false, until: '', reason: '' },
    calendar: {
      timeZone: 'America/New_York',
      weekday: 1,
      minuteOfDay: 540,
      holiday: null,
      window: { days: [1, 2, 3, 4, 5], from: 540, until: 1020 },
    },
  },
};

type Counted = { inputs: bigint; distance: number; roles: Record<string, bigint> };

/** What a diff must say, found by asking both engines about every single input. */
function bruteForce(before: Policy, after: Policy): Record<string, Counted> {
  const groups: Record<string, Counted> = {};
  for (const { input, distance, roles } of smallInputs(baseline)) {
    const [one, other] = [before.engine.judge(input).verdict, after.engine.judge(input).verdict];
    if (one.result === other.result && one.ruleId === other.ruleId) continue;
    const key = `${one.result} ${one.ruleId} → ${other.result} ${other.ruleId}`;
    const group = groups[key] ?? { inputs: 0n, distance: Number.POSITIVE_INFINITY, roles: {} };
    group.inputs += 1n;
    group.distance = Math.min(group.distance, distance);
    group.roles[roles] = (group.roles[roles] ?? 0n) + 1n;
    groups[key] = group;
  }
  return groups;
}

function grouped({ groups }: PolicyDiff): Record<string, Counted> {
  return Object.fromEntries(
    groups.map(({ before, after, inputs, roles, example }) => [
      `${before.result} ${before.ruleId} → ${after.result} ${after.ruleId}`,
      { inputs, distance: example.changes.length, roles: Object.fromEntries(roles.map((each) => [each.roles, each.inputs])) },
    ]),
  );
}

const emergency = {
  file: 'rules/orchestration/emergency_grant/rule.rego',
  from: '',
  to: `package rules.orchestration.emergency_grant

import data.lib.result

# METADATA
# title: Emergency
# description: Auditors execute as well, and responders from a device of low trust by this grant.
# custom:
#   id: orchestration.emergency_grant
#   precedence: 800
#   remedy: none
grant contains result.grant(rego.metadata.rule(), "an emergency") if {
	"auditor" in input.actor.roles
	input.resource.severity == "P1"
}

actions := {"orchestration.execute"}
`,
};

describe('composition against brute force, over a small space', () => {
  it('counts every input of every result', async () => {
    const policy = await own();
    const counts = { ALLOW: 0n, STEP_UP: 0n, DENY: 0n };
    for (const { input } of smallInputs(baseline)) counts[policy.engine.judge(input).verdict.result] += 1n;
    const [report] = analyse(policy, smallFolder(), { actions: [execute], sample: 200 }).actions;
    expect(report).toMatchObject({ inputs: 2_304n, allow: counts.ALLOW, stepUp: counts.STEP_UP, deny: counts.DENY });
    expect(counts.ALLOW).toBeGreaterThan(0n);
    expect(counts.STEP_UP).toBeGreaterThan(0n);
  });

  it.each([
    ['four eyes removed', [bugs.fourEyes]],
    ['a tenant check forgotten and a kill switch the wrong way round', [bugs.tenant, bugs.killSwitch]],
    ['a second grant, which comes before the first', [emergency]],
    ['a rule that is gone', [{ ...bugs.device, from: 'unmet contains', to: 'nothing contains' }]],
  ])('finds every group, its size, its roles and how near it comes: %s', async (_, plants) => {
    const [before, after] = [await own(), await planted(...plants)];
    const expected = bruteForce(before, after);
    expect(Object.keys(expected).length).toBeGreaterThan(1);
    expect(grouped(diffPolicies(before, after, smallFolder(), { actions: [execute], sample: 200 }))).toEqual(expected);
    expect(grouped(diffPolicies(after, before, smallFolder(), { actions: [execute], sample: 200 }))).toEqual(bruteForce(after, before));
  });
});

describe('the difference between two policies', () => {
  it('is empty between a compiled policy and its own sources', async () => {
    const { groups, actions } = diffPolicies(await own(), await loadPolicy(policies), narrowed(), {
      actions: ['incident.resolve', execute],
      sample: 200,
    });
    expect(groups).toEqual([]);
    expect(actions.map(({ action, changed }) => ({ action, changed }))).toEqual([
      { action: 'incident.resolve', changed: 0n },
      { action: execute, changed: 0n },
    ]);
  });

  it('tells each change in words, by action, rule and role, with the nearest input', async () => {
    const { groups, actions } = diffPolicies(await own(), await planted(bugs.fourEyes), narrowed(), { actions: [execute], sample: 200 });
    expect(groups.map(({ before, after }) => `${before.result} ${before.ruleId} → ${after.result} ${after.ruleId}`).sort()).toEqual([
      'DENY orchestration.four_eyes_execute → ALLOW orchestration.role_grant',
      'DENY orchestration.four_eyes_execute → STEP_UP core.session_step_up',
      'DENY orchestration.four_eyes_execute → STEP_UP orchestration.step_up',
    ]);
    const allowed = groups.find(({ after }) => after.result === 'ALLOW');
    expect(allowed?.words).toBe(
      `\`orchestration.execute\` was DENY by \`orchestration.four_eyes_execute\` and becomes ALLOW by \`orchestration.role_grant\` when facts.approvals is Rita's of plan aa; everything else as in the baseline (${executed})`,
    );
    expect(allowed?.roles.map(({ roles }) => roles)).toEqual(['responder', 'org-admin', 'sre']);
    expect(allowed?.roles.reduce((sum, { inputs }) => sum + inputs, 0n)).toBe(allowed?.inputs);
    expect(actions[0]?.changed).toBe(groups.reduce((sum, { inputs }) => sum + inputs, 0n));
  });

  it('knows an action that only one of them has, from its domain', async () => {
    const added = { file: 'rules/flag/role_grant/rule.rego', from: '_roles := {', to: '_roles := {"flag.read": {"viewer"}, ' };
    const { groups } = diffPolicies(await own(), await planted(added), narrowed(), { actions: ['flag.read'], sample: 200 });
    const nearest = groups.find(({ after }) => after.result === 'ALLOW');
    expect(nearest?.words).toBe(
      '`flag.read` was DENY by `default.no_grant` and becomes ALLOW by `flag.role_grant` when actor.roles is viewer; everything else as in the baseline',
    );
  });
});
