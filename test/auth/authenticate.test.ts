import { createHmac } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { AuthError, createAuthenticator } from '../../src/auth/index.ts';
import type { IssuerSettings } from '../../src/config/index.ts';
import { fixedClock } from '../../src/core/index.ts';
import { issuerSettings, newKey, now, nowSeconds, startTestIssuer, type TestKey, tokenFrom } from './test-issuer.ts';

const bare = 'Bearer realm="countersign"';
const invalid = (description: string) => `Bearer realm="countersign", error="invalid_token", error_description="${description}"`;
const noContext = { trustedProxies: [], zones: [], headers: { deviceTrust: 'x-device-trust', sessionRisk: 'x-session-risk' } };

let key: TestKey;
let other: TestKey;
let issuer: Awaited<ReturnType<typeof startTestIssuer>>;
let clock = fixedClock(now);
let authenticator: ReturnType<typeof authenticatorWith>;

beforeAll(async () => {
  [key, other] = await Promise.all([newKey(), newKey()]);
});
beforeEach(async () => {
  clock = fixedClock(now);
  issuer = await startTestIssuer(key);
  authenticator = authenticatorWith();
  return issuer.stop;
});

function authenticatorWith(over: Partial<IssuerSettings> = {}) {
  const auth = { clockSkewSeconds: 30, issuers: [issuerSettings(issuer.url, over)], devIssuer: { port: 0 } };
  return createAuthenticator({ auth, context: noContext }, { clock });
}

function authenticate(authorization: string | undefined, using = authenticator) {
  return using.authenticate({ authorization, header: () => undefined, peerAddress: '192.0.2.1', channel: 'graphql' });
}

async function refusal(authorization: string | undefined, using = authenticator) {
  const thrown: unknown = await authenticate(authorization, using).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof AuthError)) throw new Error(`not refused: ${String(thrown)}`);
  return [thrown.code, thrown.status, thrown.challenge];
}

const refusalOf = async (claims: { readonly [name: string]: unknown }, header = { typ: 'at+jwt' }) =>
  refusal(`Bearer ${await tokenFrom(issuer.url, key, claims, header)}`);

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a good token makes an identity of exactly what it states, in the least trusted context', async () => {
  const claims = {
    roles: ['oncall', 'nobody-knows', 'admins', 7],
    purposes: 'incident-response operations incident-response',
    auth_time: nowSeconds - 60,
    acr: 'urn:example:mfa',
    amr: ['pwd', 'otp'],
  };
  expect(await authenticate(`bearer ${await tokenFrom(issuer.url, key, claims)}`)).toEqual({
    actor: {
      id: 'ada',
      kind: 'human',
      tenant: 'alpha',
      roles: ['responder', 'org-admin'],
      purposes: ['incident-response', 'operations'],
      authTime: nowSeconds - 60,
      acr: 'urn:example:mfa',
      amr: ['pwd', 'otp'],
    },
    context: { zone: 'unknown', deviceTrust: 'low', sessionRisk: 100, channel: 'graphql' },
  });
});

test('what a token does not state, or states wrongly, is the least trusted value', async () => {
  const claims = { roles: 'bots', purposes: [1, '\ud800'], auth_time: nowSeconds + 31, acr: 2, amr: {} };
  expect((await authenticate(`Bearer ${await tokenFrom(issuer.url, key, claims)}`)).actor).toEqual({
    id: 'ada',
    kind: 'service',
    tenant: 'alpha',
    roles: ['release-bot'],
    purposes: [],
    authTime: null,
    acr: null,
    amr: [],
  });
});

test.each([{ client_id: 'ada' }, { azp: 'ada' }])('a client that speaks for itself is a service: %j', async (claims) => {
  const { actor } = await authenticate(`Bearer ${await tokenFrom(issuer.url, key, claims)}`);
  expect([actor.kind, actor.roles]).toEqual(['service', ['responder']]);
});

test.each([
  [undefined, 'auth.token_missing', bare],
  ['', 'auth.token_missing', bare],
  ['Basic YWRhOmFkYQ==', 'auth.token_missing', bare],
  ['Bearer', 'auth.token_missing', bare],
  ['Bearer abc', 'auth.token_malformed', invalid('the token is not a signed JWT')],
  ['Bearer a.b.c', 'auth.token_malformed', invalid('the token is not a signed JWT')],
  ['Bearer a.b.c d', 'auth.token_malformed', invalid('the token is not a signed JWT')],
  ['Bearer a.b.c.d.e', 'auth.token_malformed', invalid('the token is not a signed JWT')],
  [`Bearer ${'a'.repeat(20_480)}`, 'auth.token_malformed', invalid('the token is longer than 16384 bytes')],
  [`Bearer ${base64url({})}.${base64url({})}.`, 'auth.token_malformed', invalid('the token names no `alg`')],
  [`Bearer ${base64url({ alg: 'ES256' })}.${base64url({ iss: 1 })}.`, 'auth.token_malformed', invalid('the token names no `iss`')],
])('credentials %#', async (authorization, code, challenge) => {
  expect(await refusal(authorization)).toEqual([code, 401, challenge]);
  expect(issuer.counts).toEqual({ discovery: 0, jwks: 0, other: 0 });
});

test.each([
  [{ exp: nowSeconds - 30 }, 'auth.token_expired', 'the token has expired'],
  [{ exp: undefined }, 'auth.claims_invalid', 'the claim `exp` is missing'],
  [{ exp: 'soon' }, 'auth.claims_invalid', 'the claim `exp` is not what it must be'],
  [{ nbf: nowSeconds + 31 }, 'auth.token_not_yet_valid', 'the token is not valid yet'],
  [{ aud: 'countersign-portal' }, 'auth.audience_mismatch', 'the token is meant for another audience'],
  [{ aud: undefined }, 'auth.audience_mismatch', 'the token is meant for another audience'],
  [{ iss: 'https://elsewhere.example' }, 'auth.issuer_unknown', 'the issuer of the token is not a configured one'],
  [{ iss: '__proto__' }, 'auth.issuer_unknown', 'the issuer of the token is not a configured one'],
  [{ tenant: undefined }, 'auth.claims_invalid', 'the claim `tenant` is missing'],
  [{ tenant: '../beta' }, 'auth.claims_invalid', 'the claim `tenant` is not a tenant name'],
  [{ tenant: ['alpha'] }, 'auth.claims_invalid', 'the claim `tenant` is not a tenant name'],
  [{ sub: undefined }, 'auth.claims_invalid', 'the claim `sub` is missing'],
  [{ sub: 'a'.repeat(257) }, 'auth.claims_invalid', 'the claim `sub` is not a text of 1 to 256 characters'],
  [{ sub: '\ud800' }, 'auth.claims_invalid', 'the claim `sub` is not a text of 1 to 256 characters'],
  [{ sub: 'ada\r\nx' }, 'auth.claims_invalid', 'the claim `sub` is not a text of 1 to 256 characters'],
  [{ sub: 'service:jobs' }, 'auth.claims_invalid', 'the claim `sub` takes a name that is reserved for services'],
])('claims %j', async (claims, code, description) => {
  expect(await refusalOf(claims)).toEqual([code, 401, invalid(description)]);
});

test('the clock skew is tolerated to the second', async () => {
  const claims = { exp: nowSeconds - 29, nbf: nowSeconds + 30 };
  expect((await authenticate(`Bearer ${await tokenFrom(issuer.url, key, claims)}`)).actor.id).toBe('ada');
});

test.each(['at+jwt', 'application/at+jwt', 'JWT', undefined])('the type `%s` is accepted', async (typ) => {
  expect((await authenticate(`Bearer ${await tokenFrom(issuer.url, key, {}, { typ })}`)).actor.id).toBe('ada');
});

test.each(['logout+jwt', 'dpop+jwt', 'application/'])('the type `%s` is refused', async (typ) => {
  expect(await refusalOf({}, { typ })).toEqual([
    'auth.token_malformed',
    401,
    invalid('the `typ` of the token is neither `at+jwt` nor `JWT`'),
  ]);
});

test.each([
  ['missing', { roles: undefined }],
  ['unmapped', { roles: ['nobody-knows'] }],
  ['our own name, unmapped', { roles: ['service'] }],
  ['on the prototype of the mapping', { roles: ['constructor', '__proto__', 'toString'] }],
])('roles %s: 403', async (_name, claims) => {
  expect(await refusalOf(claims)).toEqual([
    'auth.role_missing',
    403,
    'Bearer realm="countersign", error="insufficient_scope", error_description="no name in the claim `roles` grants a role"',
  ]);
});

test('no mapping grants the role `service`', async () => {
  const mapping: IssuerSettings['roles'] = { oncall: 'responder' };
  Object.assign(mapping, { root: 'service' });
  const using = authenticatorWith({ roles: mapping });
  const { actor } = await authenticate(`Bearer ${await tokenFrom(issuer.url, key, { roles: ['root', 'oncall'] })}`, using);
  expect(actor.roles).toEqual(['responder']);
  expect((await refusal(`Bearer ${await tokenFrom(issuer.url, key, { roles: ['root'] })}`, using))[0]).toBe('auth.role_missing');
});

test('claims are read by JSON pointer, own properties only', async () => {
  const claims = { ...issuerSettings('').claims, tenant: '/ctx/a~1b/0', roles: '/realm_access/roles', purposes: '/constructor/name' };
  const token = await tokenFrom(issuer.url, key, { ctx: { 'a/b': ['beta'] }, realm_access: { roles: ['oncall'] } });
  const { actor } = await authenticate(`Bearer ${token}`, authenticatorWith({ claims }));
  expect([actor.tenant, actor.roles, actor.purposes]).toEqual(['beta', ['responder'], []]);
});

test('an issuer speaks only for the tenants it is given', async () => {
  const using = authenticatorWith({ tenants: ['alpha'] });
  const token = await tokenFrom(issuer.url, key, { tenant: 'beta' });
  expect(await refusal(`Bearer ${token}`, using)).toEqual([
    'auth.claims_invalid',
    401,
    invalid('the issuer may not speak for the tenant `beta`'),
  ]);
});

test('an unsigned token is refused by name, without asking the issuer', async () => {
  const claims = { iss: issuer.url, aud: 'countersign', sub: 'ada', tenant: 'alpha', roles: ['oncall'], exp: nowSeconds + 300 };
  expect(await refusal(`Bearer ${base64url({ alg: 'none', typ: 'at+jwt' })}.${base64url(claims)}.`)).toEqual([
    'auth.algorithm_refused',
    401,
    invalid('the algorithm `none` is not one of `RS256`, `ES256`'),
  ]);
  expect(issuer.counts.jwks).toBe(0);
});

test('HMAC over the public key is refused by name', async () => {
  const claims = { iss: issuer.url, aud: 'countersign', sub: 'ada', tenant: 'alpha', roles: ['oncall'], exp: nowSeconds + 300 };
  const signed = `${base64url({ alg: 'HS256', typ: 'at+jwt', kid: key.jwk.kid })}.${base64url(claims)}`;
  const token = `${signed}.${createHmac('sha256', key.spki).update(signed).digest('base64url')}`;
  expect(await refusal(`Bearer ${token}`)).toEqual([
    'auth.algorithm_refused',
    401,
    invalid('the algorithm `HS256` is not one of `RS256`, `ES256`'),
  ]);
});

test('a hostile algorithm name cannot leave the challenge', async () => {
  const token = `${base64url({ alg: 'x"\r\nSet-Cookie: a=b\\é' })}.${base64url({ iss: issuer.url })}.`;
  expect((await refusal(`Bearer ${token}`))[2]).toBe(invalid('the algorithm `x???Set-Cookie: a=b??` is not one of `RS256`, `ES256`'));
});

test('a signature by another key under a known kid is refused', async () => {
  const token = await tokenFrom(issuer.url, { ...other, jwk: key.jwk });
  expect(await refusal(`Bearer ${token}`)).toEqual(['auth.signature_invalid', 401, invalid('the signature of the token does not verify')]);
});

test('a token without kid needs the issuer to have one key', async () => {
  const { kid: _kid, ...jwk } = key.jwk;
  const token = await tokenFrom(issuer.url, { ...key, jwk });
  expect((await authenticate(`Bearer ${token}`)).actor.id).toBe('ada');
  issuer.state.keys = [key.jwk, other.jwk];
  expect(await refusal(`Bearer ${token}`, authenticatorWith())).toEqual([
    'auth.key_unknown',
    401,
    invalid('the token names no key and its issuer has several'),
  ]);
});
