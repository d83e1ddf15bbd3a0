import { describe, expect, it } from 'vitest';
import { PolicyEngine, type PolicyInput, policyInput, readBundle } from '../../src/policy/index.ts';
import { dist, goldenCases, varied } from './golden-cases.ts';

const engine = await PolicyEngine.load(readBundle(dist));
const golden = new Map(goldenCases().map(({ name, input }) => [name, input]));
const executing = allowed('orchestration.yaml: executing, by whom: a responder executes what Sam approved');

function allowed(name: string): PolicyInput {
  const input = golden.get(name);
  if (input === undefined || engine.decide(input).verdict.result !== 'ALLOW') throw new Error(`\`${name}\` is not allowed`);
  return input;
}

/** An input as somebody who got past the edge might make it: the schema is not asked, the policy stands alone. */
const attacked = (path: string, value: unknown) => varied(executing, { [path]: value as string }) as PolicyInput;
const parsed = (text: string) => JSON.parse(text) as PolicyInput;
const unmet = (input: PolicyInput) => {
  const { verdict, fault } = engine.decide(input);
  return { result: verdict.result, ruleId: verdict.ruleId, fault };
};
const denied = (ruleId: string) => ({ result: 'DENY', ruleId, fault: undefined });
const text = JSON.stringify(executing);

describe('denied by the named rule', () => {
  it.each<[string, PolicyInput, string]>([
    // A megabyte: no way around a rule by its size.
    [
      'a megabyte of roles',
      attacked(
        'actor.roles',
        Array.from({ length: 80_000 }, (_, n) => `org-admin-${n}`),
      ),
      'default.no_grant',
    ],
    ['a role of a megabyte', attacked('actor.roles', [`${'sre'.repeat(350_000)}`]), 'default.no_grant'],
    ['a tenant of a megabyte', attacked('actor.tenant', 'acme'.repeat(262_144)), 'core.tenant_match'],
    [
      'a megabyte of approvals by the proposer',
      attacked(
        'facts.approvals',
        Array.from({ length: 16_000 }, () => ({ actor: 'user:pat', planHash: 'sha256:aa', note: 'x'.repeat(20) })),
      ),
      'orchestration.four_eyes_execute',
    ],

    // Keys that mean something to JavaScript are keys like others.
    [
      'roles inherited by `__proto__`',
      parsed(text.replace('"roles":["responder"]', '"__proto__":{"roles":["org-admin"]}')),
      'default.no_grant',
    ],
    ['a tenant inherited by `__proto__`', parsed(text.replace('"tenant":"acme"', '"__proto__":{"tenant":"acme"}')), 'core.tenant_match'],
    ['`known` inherited by `__proto__`', parsed(text.replace('"known":true', '"__proto__":{"known":true}')), 'core.resource_known'],
    [
      'a resource by `constructor`',
      parsed(text.replace('"known":true', '"constructor":{"prototype":{"known":true}}')),
      'core.resource_known',
    ],
    ['facts by `__proto__`', parsed(text.replace('"killSwitch":false', '"__proto__":{"killSwitch":false}')), 'orchestration.kill_switch'],
    ['the role `__proto__`', attacked('actor.roles', ['__proto__']), 'default.no_grant'],
    ['the role `constructor`', attacked('actor.roles', ['constructor']), 'default.no_grant'],
    ['the action `constructor`', attacked('action', 'constructor'), 'default.no_grant'],

    // Another type than the schema's is another value.
    ['an age as a string', attacked('facts.dryRun.ageSeconds', '60'), 'orchestration.dry_run_fresh'],
    ['an age in a list', attacked('facts.dryRun.ageSeconds', [60]), 'orchestration.dry_run_fresh'],
    ['an age below zero', attacked('facts.dryRun.ageSeconds', -1), 'orchestration.dry_run_fresh'],
    ['`true` as a string', attacked('facts.dryRun.passed', 'true'), 'orchestration.dry_run_passed'],
    ['`true` as 1', attacked('resource.known', 1), 'core.resource_known'],
    ['`false` as a string', attacked('facts.killSwitch', 'false'), 'orchestration.kill_switch'],
    ['`false` as 0', attacked('facts.killSwitch', 0), 'orchestration.kill_switch'],
    ['`false` as null', attacked('facts.freeze.active', null), 'orchestration.change_freeze'],
    ['roles as one string', attacked('actor.roles', 'responder'), 'default.no_grant'],
    ['approvals as an object of the proposer', attacked('facts.approvals', { a: 'user:sam' }), 'orchestration.four_eyes_execute'],
    ['a plan hash of null on both sides', nulls(), 'orchestration.plan_hash'],

    // What looks the same is not the same.
    ['Cyrillic es in `sre`', attacked('actor.roles', ['ѕre']), 'default.no_grant'],
    ['full width letters', attacked('actor.roles', ['ｒｅｓｐｏｎｄｅｒ']), 'default.no_grant'],
    ['upper case', attacked('actor.roles', ['RESPONDER']), 'default.no_grant'],
    ['a space after it', attacked('actor.roles', ['responder ']), 'default.no_grant'],
    ['a zero-width joiner', attacked('actor.roles', ['respon\u200dder']), 'default.no_grant'],
    ['U+0000 after it', attacked('actor.roles', ['responder\u0000']), 'default.no_grant'],
    ['a combining mark', attacked('actor.roles', ['responde\u0301r']), 'default.no_grant'],
    ['Cyrillic a in the tenant', attacked('actor.tenant', 'аcme'), 'core.tenant_match'],
    ['another tenant in the resource', attacked('resource.tenant', 'acme\u0000'), 'core.tenant_match'],
    ['a Cyrillic i in the trust of a device', attacked('context.deviceTrust', 'hіgh'), 'core.device_trust'],
  ])('%s', (_, input, ruleId) => {
    expect(unmet(input)).toEqual(denied(ruleId));
  });
});

function nulls(): PolicyInput {
  return varied(executing, { 'facts.orchestration.planHash': null, 'facts.request.planHash': null, 'facts.approvals': [] }) as PolicyInput;
}

describe('stepped up, because a signature in time is not shown', () => {
  it.each<[string, unknown]>([
    ['as a string', '1790000000'],
    ['in the future', 1790000001],
    ['null', null],
    ['in a list', [1790000000]],
  ])('a sign-in %s', (_, authTime) => {
    expect(unmet(attacked('actor.authTime', authTime))).toMatchObject({ result: 'STEP_UP', ruleId: 'orchestration.step_up' });
  });
});

describe('refused before any rule is asked', () => {
  it.each<[string, unknown, string]>([
    ['NaN', Number.NaN, 'the number NaN at `$.facts.dryRun.ageSeconds`'],
    ['Infinity', Number.POSITIVE_INFINITY, 'the number Infinity at `$.facts.dryRun.ageSeconds`'],
    ['-Infinity', Number.NEGATIVE_INFINITY, 'the number -Infinity at `$.facts.dryRun.ageSeconds`'],
    ['an integer that rounds', 2 ** 53, 'an integer beyond 2^53 - 1 at `$.facts.dryRun.ageSeconds`'],
    ['a bigint', 60n, 'a value of type bigint at `$.facts.dryRun.ageSeconds`'],
    ['undefined', undefined, 'a value of type undefined at `$.facts.dryRun.ageSeconds`'],
    ['a function', () => 60, 'a value of type function at `$.facts.dryRun.ageSeconds`'],
    ['a number with a value of its own', new Number(60), 'an object that is not plain at `$.facts.dryRun.ageSeconds`'],
    ['half a character', '\udfff', 'a string with a lone surrogate at `$.facts.dryRun.ageSeconds`'],
  ])('%s', (_, value, message) => {
    const { dryRun, ...facts } = executing.facts;
    const input = { ...executing, facts: { ...facts, dryRun: { ...dryRun, ageSeconds: value } } } as PolicyInput;
    expect(() => engine.decide(input)).toThrow(
      expect.objectContaining({ code: 'canonical.unsupported_value', message: expect.stringContaining(message) }),
    );
  });

  it('a value that is one thing when it is looked at and another when it is used: it is read once', () => {
    const roles = { times: 0 };
    const actor = Object.defineProperty({ ...executing.actor }, 'roles', {
      enumerable: true,
      get: () => (roles.times++ === 0 ? ['viewer'] : ['org-admin']),
    });
    expect(unmet({ ...executing, actor })).toEqual(denied('default.no_grant'));
    expect(roles.times).toBe(1);
  });

  it('a nesting without end', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(() => engine.decide({ ...executing, actor: { ...executing.actor, amr: deep } })).toThrow(/nested deeper than 500 levels/);
  });
});

describe('the schema refuses', () => {
  it.each<[string, PolicyInput]>([
    ['a key `__proto__`', parsed(text.replace('"known":true', '"known":true,"__proto__":{"known":true}'))],
    ['a key `constructor`', parsed(text.replace('"known":true', '"known":true,"constructor":1'))],
    ['a key more', parsed(text.replace('"known":true', '"known":true,"Known":true'))],
    ['a number as a string', attacked('facts.dryRun.ageSeconds', '60')],
    ['half a number', attacked('facts.dryRun.ageSeconds', 60.5)],
    ['NaN', attacked('facts.dryRun.ageSeconds', Number.NaN)],
    ['a severity that there is not', attacked('resource.severity', 'P5')],
  ])('%s', (_, input) => {
    expect(policyInput.safeParse(input).success).toBe(false);
  });
});

describe('of duplicate keys in JSON', () => {
  it('the last one counts, in the digest as in the decision', () => {
    const twice = parsed(text.replace('"roles":["responder"]', '"roles":["responder"],"roles":["viewer"]'));
    expect(unmet(twice)).toEqual(denied('default.no_grant'));
    expect(engine.decide(twice).inputDigest).toBe(engine.decide(attacked('actor.roles', ['viewer'])).inputDigest);
  });
});
