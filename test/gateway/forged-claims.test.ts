import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowCounts, startTestGateway, type TestGateway } from '../support/countersign.ts';
import { call, clock, decided, honest, plain, signed, zones } from '../support/forging.ts';

/** Tokens whose signature holds and whose claims do not: an issuer errs, or lets its users write into its claims. */
let direct: TestGateway;
beforeAll(async () => {
  direct = await startTestGateway({ clock, settings: { context: { zones } } });
});
afterAll(() => direct.stop());

describe('a token of the issuer', () => {
  /** The honest claims with some of them written otherwise, as JSON text. */
  const altered = (claims: string) => JSON.stringify(honest(direct)).replace(/}$/, `,${claims}}`);
  const least = { ...plain, deviceTrust: 'low', sessionRisk: 100 };

  it.each([
    ['of other types', '"device_trust":3,"session_risk":"0"', least],
    ['of other types again', '"device_trust":["high"],"session_risk":[0]', least],
    ['of nothing', '"device_trust":null,"session_risk":null', least],
    ['of truth', '"device_trust":true,"session_risk":false', least],
    ['out of range', '"device_trust":"highest","session_risk":101', least],
    ['below range', '"device_trust":"","session_risk":-1', least],
    ['that are too large for a number', '"device_trust":"HIGH","session_risk":1e400', least],
    ['that are no whole number', '"device_trust":" high","session_risk":0.5', least],
    ['in other letters', '"device_trust":"h\u0456gh","session_risk":"\uff10"', least],
    ['on a prototype', '"device_trust":"low","session_risk":100,"__proto__":{"device_trust":"high","session_risk":0}', least],
    ['of a context that is not its to tell', '"zone":"office","channel":"job","now":0,"context":{"zone":"office"}', plain],
  ])('with claims %s', async (_name, claims, expected) => {
    const { input: given } = await decided(direct, { token: await signed(direct, altered(claims)) });
    expect(given['context']).toEqual(expected);
  });

  it.each([
    ['a sign-in told as text', '"auth_time":"1772445600"', { authTime: null }],
    ['a sign-in in the future', `"auth_time":4102444800`, { authTime: null }],
    ['a sign-in at a fraction', '"auth_time":1772445600.5', { authTime: null }],
    ['a level in a list', '"acr":["urn:countersign:acr:mfa"]', { acr: null }],
    ['a kind of its own', '"kind":"service","actor":{"kind":"system"}', { kind: 'human' }],
    ['roles that nobody mapped', '"roles":["sre","service","system","__proto__","org-admin\u200b"]', { roles: ['sre'] }],
  ])('with %s', async (_name, claims, expected) => {
    const { input: given } = await decided(direct, { token: await signed(direct, altered(claims)) });
    expect(given['actor']).toMatchObject(expected);
  });

  it.each([
    ['a purpose in other letters', '"purposes":["operat\u0456ons"]'],
    ['a purpose in another width', '"purposes":["\uff4fperations"]'],
    ['a purpose with an invisible letter', '"purposes":["operations\u200b"]'],
    ['purposes as an object', '"purposes":{"0":"operations","length":1}'],
  ])('with %s is denied by `core.purpose`', async (_name, claims) => {
    const { decision } = await decided(direct, { token: await signed(direct, altered(claims)) });
    expect([decision.result, decision.rules.map(({ ruleId }) => ruleId)]).toEqual(['DENY', ['core.purpose']]);
  });

  it.each([
    ['a role in Cyrillic letters', '"roles":["\u0455re"]', 403, 'auth.role_missing'],
    ['a role in full width', '"roles":["\uff53\uff52\uff45"]', 403, 'auth.role_missing'],
    ['a role in capitals', '"roles":["SRE"]', 403, 'auth.role_missing'],
    ['a role with an invisible letter', '"roles":["s\u200bre"]', 403, 'auth.role_missing'],
    ['a role that ends in NUL', '"roles":["sre\\u0000"]', 403, 'auth.role_missing'],
    ['roles as an object', '"roles":{"sre":true}', 403, 'auth.role_missing'],
    ['roles on a prototype', '"roles":[],"__proto__":{"roles":["sre"]}', 403, 'auth.role_missing'],
    ['a tenant in other letters', '"tenant":"\u0430lpha"', 401, 'auth.claims_invalid'],
    ['a tenant in capitals', '"tenant":"Alpha"', 401, 'auth.claims_invalid'],
    ['two tenants', '"tenant":["alpha","beta"]', 401, 'auth.claims_invalid'],
    ['the tenant of the installation', '"tenant":"system"', 401, 'auth.claims_invalid'],
    ['the tenant of a prototype', '"tenant":"__proto__"', 401, 'auth.claims_invalid'],
    ['the name of a service', '"sub":"service:orchestrator"', 401, 'auth.claims_invalid'],
    ['the name of a service in full width', '"sub":"\uff53ervice:orchestrator"', 401, 'auth.claims_invalid'],
    ['no number', '"session_risk":NaN', 401, 'auth.token_malformed'],
  ])('with %s: %s %i %s', async (_name, claims, status, code) => {
    const before = await rowCounts(direct.database);
    const answer = await call(direct, { token: await signed(direct, altered(claims)) });
    expect([answer.status, Object(answer.body).code]).toEqual([status, code]);
    expect(await rowCounts(direct.database)).toEqual(before);
  });
});
