import { beforeAll, beforeEach, expect, test } from 'vitest';
import { AuthError, createAuthenticator } from '../../src/auth/index.ts';
import { fixedClock } from '../../src/core/index.ts';
import { issuerSettings, newKey, now, startTestIssuer, type TestKey, tokenFrom } from './test-issuer.ts';

const bare = 'Bearer realm="countersign"';
const keyUnknown = [
  'auth.key_unknown',
  401,
  'Bearer realm="countersign", error="invalid_token", error_description="the key that the token names is not one of its issuer"',
];

let key: TestKey;
let next: TestKey;
let issuer: Awaited<ReturnType<typeof startTestIssuer>>;
let clock = fixedClock(now);
let authenticator: ReturnType<typeof createAuthenticator>;

beforeAll(async () => {
  [key, next] = await Promise.all([newKey(), newKey()]);
});
beforeEach(async () => {
  clock = fixedClock(now);
  issuer = await startTestIssuer(key);
  const context = { trustedProxies: [], zones: [], headers: { deviceTrust: 'd', sessionRisk: 'r' } };
  const auth = { clockSkewSeconds: 30, issuers: [issuerSettings(issuer.url)], devIssuer: { port: 0 } };
  authenticator = createAuthenticator({ auth, context }, { clock });
  return issuer.stop;
});

async function answer(token: string): Promise<unknown> {
  try {
    const { actor } = await authenticator.authenticate({
      authorization: `Bearer ${token}`,
      header: () => undefined,
      peerAddress: '192.0.2.1',
      channel: 'rest',
    });
    return actor.id;
  } catch (thrown) {
    if (thrown instanceof AuthError) return [thrown.code, thrown.status, thrown.challenge];
    throw thrown;
  }
}

const longLived = (by: TestKey) => tokenFrom(issuer.url, by, { exp: 2_000_000_000 });

test('nothing is fetched before the first token, and concurrent first calls share one fetch', async () => {
  expect(issuer.counts).toEqual({ discovery: 0, jwks: 0, other: 0 });
  const token = await longLived(key);
  expect(await Promise.all(Array.from({ length: 20 }, () => answer(token)))).toEqual(Array(20).fill('ada'));
  expect(issuer.counts).toEqual({ discovery: 1, jwks: 1, other: 0 });
});

test('an unknown kid is looked for once more, then refused; invented kids do not hammer the issuer', async () => {
  expect(await answer(await longLived(key))).toBe('ada');
  expect(issuer.counts).toEqual({ discovery: 1, jwks: 1, other: 0 });
  expect(await answer(await longLived(next))).toEqual(keyUnknown);
  expect(issuer.counts).toEqual({ discovery: 1, jwks: 2, other: 0 });
  for (const kid of ['a', 'b', 'c']) expect(await answer(await longLived({ ...next, jwk: { kid } }))).toEqual(keyUnknown);
  expect(issuer.counts).toEqual({ discovery: 1, jwks: 2, other: 0 });
  clock.advance(30_000);
  const invented = await Promise.all(['d', 'e', 'f'].map((kid) => longLived({ ...next, jwk: { kid } })));
  expect(await Promise.all(invented.map(answer))).toEqual([keyUnknown, keyUnknown, keyUnknown]);
  expect(issuer.counts).toEqual({ discovery: 1, jwks: 3, other: 0 });
});

test('a rotated key is accepted at once, by however many callers', async () => {
  expect(await answer(await longLived(key))).toBe('ada');
  issuer.state.keys = [next.jwk, key.jwk];
  const token = await longLived(next);
  expect(await Promise.all(Array.from({ length: 10 }, () => answer(token)))).toEqual(Array(10).fill('ada'));
  expect(issuer.counts).toEqual({ discovery: 1, jwks: 2, other: 0 });
});

test('a withdrawn key dies within ten minutes', async () => {
  const token = await longLived(key);
  expect(await answer(token)).toBe('ada');
  issuer.state.keys = [next.jwk];
  clock.advance(599_999);
  expect(await answer(token)).toBe('ada');
  clock.advance(1);
  expect(await answer(token)).toEqual(keyUnknown);
});

test('keys that cannot be had: 503, and the failure is not kept', async () => {
  issuer.state.jwksStatus = 500;
  const token = await longLived(key);
  expect(await answer(token)).toEqual(['auth.issuer_unavailable', 503, bare]);
  expect(await answer(token)).toEqual(['auth.issuer_unavailable', 503, bare]);
  issuer.state.jwksStatus = 200;
  expect(await answer(token)).toBe('ada');
  // Each failure asks again where the keys are, as they may have moved.
  expect(issuer.counts).toEqual({ discovery: 3, jwks: 3, other: 0 });
});

test('a failed second look is the issuer’s fault for as long as none may follow; known keys go on working', async () => {
  expect(await answer(await longLived(key))).toBe('ada');
  issuer.state.jwksStatus = 500;
  const rotated = await longLived(next);
  expect(await answer(rotated)).toEqual(['auth.issuer_unavailable', 503, bare]);
  expect(await answer(rotated)).toEqual(['auth.issuer_unavailable', 503, bare]);
  expect(await answer(await longLived(key))).toBe('ada');
  expect(issuer.counts.jwks).toBe(2);
  Object.assign(issuer.state, { jwksStatus: 200, keys: [next.jwk] });
  clock.advance(30_000);
  expect(await answer(rotated)).toBe('ada');
});

test('an issuer that does not answer: 503', async () => {
  const token = await longLived(key);
  await issuer.stop();
  expect(await answer(token)).toEqual(['auth.issuer_unavailable', 503, bare]);
});

test.each([
  ['states another issuer', { statedIssuer: 'https://elsewhere.example' }],
  ['names keys in a file', { jwksUri: 'file:///etc/passwd' }],
  ['redirects', { discoveryStatus: 302, location: '/other' }],
  ['redirects to its keys', { jwksStatus: 307, location: '/other' }],
  ['is not JSON', { body: '<html>' }],
  ['is not an object', { body: '[]' }],
  ['is larger than 1 MiB', { padding: ' '.repeat(1_048_576) }],
])('a discovery document that %s: 503', async (_name, change) => {
  Object.assign(issuer.state, change);
  expect(await answer(await longLived(key))).toEqual(['auth.issuer_unavailable', 503, bare]);
  expect(issuer.counts.other).toBe(0);
});

test('an HMAC key among the published ones verifies nothing', async () => {
  issuer.state.keys = [{ kty: 'oct', k: 'AAAA', kid: key.jwk.kid ?? '' }];
  expect(await answer(await longLived(key))).toEqual(keyUnknown);
});

test('keys on another host are not fetched in the clear', async () => {
  issuer.state.jwksUri = `${issuer.url.replace('127.0.0.1', 'localhost')}/jwks`;
  expect(await answer(await longLived(key))).toEqual(['auth.issuer_unavailable', 503, bare]);
  expect(issuer.counts).toEqual({ discovery: 1, jwks: 0, other: 0 });
});
