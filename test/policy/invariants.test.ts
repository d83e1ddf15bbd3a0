import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Json, newId, tenantId } from '../../src/core/index.ts';
import { disclose, toDecision } from '../../src/govern/decision.ts';
import { PolicyEngine, type PolicyInput, policyInput, readBundle } from '../../src/policy/index.ts';
import { dist, goldenCases, varied } from './golden-cases.ts';
import { validInput } from './input-arbitrary.ts';

const engine = await PolicyEngine.load(readBundle(dist));
const runs = { numRuns: 1_000, seed: 20261121 };
const golden = goldenCases();
const input = validInput.map((value) => policyInput.parse(value));
const at = new Date('2026-09-21T14:13:20Z');

type Result = 'DENY' | 'STEP_UP' | 'ALLOW';
const rank: Record<Result, number> = { DENY: 0, STEP_UP: 1, ALLOW: 2 };
const rankOf = (one: PolicyInput) => rank[engine.decide(one).verdict.result];
const changed = (one: PolicyInput, path: string, value: Json) => policyInput.parse(varied(one, { [path]: value }));

/**
 * Checks a property of every golden input and of what is generated, and that it said something of many: where its premise does not
 * hold it returns undefined.
 */
function always(holds: (one: PolicyInput) => boolean | undefined): void {
  expect(golden.filter(({ input: one }) => holds(one) === false).map(({ name }) => name)).toEqual([]);
  let seen = 0;
  const property = fc.property(input, (one) => {
    const answer = holds(one);
    if (answer !== undefined) seen += 1;
    return answer !== false;
  });
  fc.assert(property, runs);
  expect(seen).toBeGreaterThan(50);
}

/** What makes somebody more trustworthy, a step at a time. */
const trust: readonly (readonly [string, (one: PolicyInput) => PolicyInput])[] = [
  ['a better device', (one) => changed(one, 'context.deviceTrust', one.context.deviceTrust === 'low' ? 'medium' : 'high')],
  ['a session of no risk', (one) => changed(one, 'context.sessionRisk', 0)],
  ['a session of less risk', (one) => changed(one, 'context.sessionRisk', Math.max(0, one.context.sessionRisk - 10))],
  ['a second factor', (one) => changed(one, 'actor.acr', 'urn:countersign:acr:mfa')],
  [
    'having just signed in, with a second factor',
    (one) => changed(changed(one, 'actor.acr', 'urn:countersign:acr:mfa'), 'actor.authTime', one.now.epoch),
  ],
  ['one more purpose', (one) => changed(one, 'actor.purposes', [...one.actor.purposes, one.resource.purpose])],
  ...['auditor', 'org-admin', 'policy-author', 'responder', 'service', 'sre', 'viewer'].map(
    (role) => [`the role ${role}`, (one: PolicyInput) => changed(one, 'actor.roles', [...one.actor.roles, role])] as const,
  ),
  [
    'one more approval, by somebody new',
    (one) => {
      const { approvals = [], orchestration } = one.facts;
      return changed(one, 'facts.approvals', [...approvals, { actor: 'user:nobody-else', planHash: orchestration?.planHash ?? '' }]);
    },
  ],
];

describe('for every input that the schema allows', () => {
  it.each(trust)('%s never makes the answer worse', (_, better) => always((one) => rankOf(better(one)) >= rankOf(one)));

  it('nothing is allowed across tenants, however alike they look', () =>
    always((one) => {
      const { tenant } = one.actor;
      const others = [
        '',
        `${tenant} `,
        `${tenant}x`,
        [...tenant].slice(1).join(''),
        tenant.toUpperCase(),
        tenant.toLowerCase(),
        tenant.replaceAll('a', 'а'),
      ];
      const apart = others.filter((other) => other !== tenant).map((other) => changed(one, 'resource.tenant', other));
      return (tenant === '' ? [one, ...apart] : apart).every((other) => rankOf(other) === rank.DENY);
    }));

  it('an action that the manifest does not list is denied', () =>
    always((one) => (engine.manifest.actions.includes(one.action) ? undefined : rankOf(one) === rank.DENY)));

  it('nobody without roles is allowed anything', () => always((one) => rankOf(changed(one, 'actor.roles', [])) === rank.DENY));

  it('removing a role never grants', () =>
    always((one) => {
      const roles = [...new Set([...one.actor.roles, 'sre', 'viewer'])];
      const all = rankOf(changed(one, 'actor.roles', roles));
      return roles.every(
        (role) =>
          rankOf(
            changed(
              one,
              'actor.roles',
              roles.filter((other) => other !== role),
            ),
          ) <= all,
      );
    }));

  it('a fact that is not known never grants', () =>
    always((one) =>
      Object.keys(one.facts).every((fact) => {
        // A break-glass asks for a second factor of its own; without one the ordinary rules hold, which may ask for none.
        if (fact === 'breakGlass' && rankOf(one) !== rank.DENY) return true;
        return rankOf(policyInput.parse(varied(one, {}, [`facts.${fact}`]))) <= rankOf(one);
      }),
    ));

  it('masking changes no result and no challenge, and is done where it is told', () => {
    let masked = 0;
    always((one) => {
      const tenant = tenantId('acme');
      const decision = toDecision(newId('decision', at), tenant, one, engine.decide(one));
      const told = disclose(decision, newId('entry', at));
      const { ruleId, explanation, rules, challenge, ...rest } = decision;
      expect(told).toMatchObject({ ...rest, challenge: decision.result === 'STEP_UP' ? challenge : null });
      if (!decision.obligations.includes('mask_explanation') || decision.result !== 'DENY') {
        expect(told).toEqual({ ...rest, ruleId, explanation, rules, challenge });
        return true;
      }
      masked += 1;
      expect(told).toMatchObject({ ruleId: 'policy.masked', rules: [] });
      return !told.explanation.includes(explanation);
    });
    expect(masked).toBeGreaterThan(50);
  });
});
