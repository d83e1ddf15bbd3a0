import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  acrMultiFactor,
  acrPassword,
  createAuthenticator,
  type DevIssuer,
  DevIssuerError,
  devIdentities,
  mintDevToken,
  startDevIssuer,
} from '../../src/auth/index.ts';
import { fixedClock } from '../../src/core/index.ts';
import { discover, newBrowser, signIn } from '../support/sign-in.ts';
import { now, nowSeconds } from './test-issuer.ts';

const clock = fixedClock(now);
const asked = { acrValues: acrMultiFactor, maxAge: 300 };
let dataDir: string;
const running: DevIssuer[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'countersign-auth-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((issuer) => issuer.close()));
  await rm(dataDir, { recursive: true });
});

async function start(): Promise<DevIssuer> {
  const issuer = await startDevIssuer({ dataDir, port: 0, mode: 'development', clock });
  running.push(issuer);
  return issuer;
}

function identityOf(issuer: DevIssuer, token: string) {
  const auth = { clockSkewSeconds: 0, issuers: [issuer.settings], devIssuer: { port: 0 } };
  const context = {
    trustedProxies: [],
    zones: [{ zone: 'loopback', cidrs: ['127.0.0.0/8'] }],
    headers: { deviceTrust: 'd', sessionRisk: 'r' },
  };
  return createAuthenticator({ auth, context }, { clock }).authenticate({
    authorization: `Bearer ${token}`,
    header: () => undefined,
    peerAddress: '127.0.0.1',
    channel: 'graphql',
  });
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  return thrown instanceof DevIssuerError ? [thrown.code, thrown.message, thrown.remedy] : thrown;
}

test('it refuses to run in production, and makes no key there', async () => {
  expect(await codeOf(startDevIssuer({ dataDir, port: 0, mode: 'production', clock }))).toEqual([
    'auth.dev_issuer_refused',
    'the dev issuer does not run in production mode',
    'configure an issuer under `auth.issuers`',
  ]);
  expect(await readdir(dataDir)).toEqual([]);
});

test('it publishes what a client must know', async () => {
  const { url, settings } = await start();
  const document: unknown = await (await fetch(`${url}/.well-known/openid-configuration`)).json();
  expect(document).toMatchObject({
    issuer: url,
    jwks_uri: `${url}/jwks`,
    authorization_endpoint: `${url}/auth`,
    token_endpoint: `${url}/token`,
    acr_values_supported: [acrPassword, acrMultiFactor],
    code_challenge_methods_supported: ['S256'],
    response_types_supported: expect.arrayContaining(['code']),
  });
  expect(settings.issuer).toBe(url);
  const { keys } = JSON.parse(await (await fetch(`${url}/jwks`)).text());
  expect(keys.map((key: object) => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']]);
});

test('it answers to its own name only', async () => {
  const { url } = await start();
  const status = await new Promise((resolve, reject) => {
    request(`${url}/jwks`, { headers: { host: 'rebound.example' } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
  expect(status).toBe(421);
});

test('a taken port is named, with its cure', async () => {
  const port = Number(new URL((await start()).url).port);
  expect(await codeOf(startDevIssuer({ dataDir, port, mode: 'development', clock }))).toEqual([
    'auth.dev_issuer_unavailable',
    `the dev issuer cannot listen on \`127.0.0.1:${port}\`: listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
    'set `auth.devIssuer.port` to a free port, or 0 for any',
  ]);
});

test('the key is for the owner only, survives a restart, and is one however many start at once', async () => {
  await Promise.all([start(), start(), start()]);
  const file = join(dataDir, 'dev-issuer', 'jwks.json');
  const text = await readFile(file, 'utf8');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(dataDir, 'dev-issuer'))).toEqual(['jwks.json']);
  const kids = await Promise.all(running.map(async ({ url }) => JSON.parse(await (await fetch(`${url}/jwks`)).text()).keys[0].kid));
  expect(kids).toEqual(Array(3).fill(JSON.parse(text).keys[0].kid));
  await Promise.all(running.splice(0).map((issuer) => issuer.close()));
  await start();
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('every identity has a minted token that says who it is', async () => {
  const issuer = await start();
  expect(devIdentities.map(({ id }) => id)).toEqual(
    ['alpha', 'beta'].flatMap((tenant) =>
      ['viewer', 'responder', 'org-admin', 'auditor', 'sre', 'policy-author', 'release-bot'].map((role) => `${role}@${tenant}`),
    ),
  );
  for (const { id, tenant, role, purposes } of devIdentities) {
    const token = await mintDevToken({ dataDir, issuer: issuer.url, identity: id, clock });
    expect(await identityOf(issuer, token)).toEqual({
      actor: {
        id,
        kind: role === 'release-bot' ? 'service' : 'human',
        tenant,
        roles: [role],
        purposes,
        authTime: nowSeconds,
        acr: acrPassword,
        amr: ['pwd'],
      },
      context: { zone: 'loopback', deviceTrust: 'high', sessionRisk: 5, channel: 'graphql' },
    });
  }
});

test('a minted token can say how it was come by', async () => {
  const issuer = await start();
  const options = {
    dataDir,
    issuer: issuer.url,
    identity: 'sre',
    acr: acrMultiFactor,
    deviceTrust: 'medium',
    sessionRisk: 40,
    clock,
  } as const;
  const { actor, context } = await identityOf(issuer, await mintDevToken(options));
  expect([actor.id, actor.acr, actor.amr]).toEqual(['sre@alpha', acrMultiFactor, ['pwd', 'otp']]);
  expect(context).toEqual({ zone: 'loopback', deviceTrust: 'medium', sessionRisk: 40, channel: 'graphql' });
  const expired = await mintDevToken({ ...options, ttlSeconds: 0 });
  await expect(identityOf(issuer, expired)).rejects.toMatchObject({ code: 'auth.token_expired' });
});

test('what cannot be minted is refused with its cure', async () => {
  const mint = (over: object) => mintDevToken({ dataDir, issuer: 'http://127.0.0.1:1', identity: 'sre@alpha', clock, ...over });
  expect(await codeOf(mint({}))).toEqual([
    'auth.dev_key_missing',
    `there is no dev key at \`${join(dataDir, 'dev-issuer', 'jwks.json')}\``,
    'start the gateway once in development mode, without a configured issuer: it makes the key',
  ]);
  await start();
  expect(await codeOf(mint({ identity: 'root@alpha' }))).toEqual([
    'auth.dev_identity_unknown',
    'there is no dev identity `root@alpha`',
    `choose one of ${devIdentities.map(({ id }) => `\`${id}\``).join(', ')}`,
  ]);
  expect(await codeOf(mint({ acr: 'urn:x' }))).toEqual([
    'auth.dev_acr_unknown',
    'the dev issuer knows no level `urn:x`',
    'choose among `urn:countersign:acr:pwd` and `urn:countersign:acr:mfa`',
  ]);
});

test.each(['countersign-portal', 'countersign-cli'])('%s signs in by code and PKCE, with the level it asked for', async (clientId) => {
  const issuer = await start();
  const client = await discover(issuer.url, clientId);
  const { page, tokens } = await signIn(client, newBrowser(), { identity: 'responder@beta', acr: acrMultiFactor, asked });

  expect(page).toContain(`value="${acrMultiFactor}" checked`);
  expect(page).toContain(
    `The application asks for the level <code>${acrMultiFactor}</code> and a sign-in no older than <code>300</code> seconds`,
  );
  for (const { id } of devIdentities) expect(page).toContain(`value="${id}"`);
  expect(tokens.claims()).toMatchObject({
    sub: 'responder@beta',
    tenant: 'beta',
    roles: ['responder'],
    acr: acrMultiFactor,
    amr: ['pwd', 'otp'],
  });

  const { actor, context } = await identityOf(issuer, tokens.access_token);
  const { authTime, ...rest } = actor;
  expect(rest).toEqual({
    id: 'responder@beta',
    kind: 'human',
    tenant: 'beta',
    roles: ['responder'],
    purposes: ['incident-response'],
    acr: acrMultiFactor,
    amr: ['pwd', 'otp'],
  });
  // oidc-provider stamps the sign-in with the system's clock; a second may turn between it and the token.
  expect([nowSeconds - 2, nowSeconds - 1, nowSeconds]).toContain(authTime);
  expect(context).toEqual({ zone: 'loopback', deviceTrust: 'high', sessionRisk: 5, channel: 'graphql' });
  expect(tokens.expires_in).toBe(3_600);
  expect(decodeJwt(tokens.access_token)).toMatchObject({
    iat: nowSeconds,
    exp: nowSeconds + 3_600,
    aud: 'countersign',
    client_id: clientId,
  });
  expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
});

test('a signed-in browser is asked again, so a higher level is a new sign-in and another identity may follow', async () => {
  const issuer = await start();
  const client = await discover(issuer.url, 'countersign-portal');
  const browser = newBrowser();
  const first = await signIn(client, browser, { identity: 'sre@alpha', acr: acrPassword, asked });
  const second = await signIn(client, browser, { identity: 'sre@alpha', acr: acrMultiFactor, asked });
  const levels = await Promise.all([first, second].map(async ({ tokens }) => (await identityOf(issuer, tokens.access_token)).actor.acr));
  expect(levels).toEqual([acrPassword, acrMultiFactor]);
  const third = await signIn(client, browser, { identity: 'auditor@beta', acr: acrPassword, asked });
  expect((await identityOf(issuer, third.tokens.access_token)).actor.id).toBe('auditor@beta');
});

test('a client cannot be sent elsewhere, and a form without interaction signs in nobody', async () => {
  const { url } = await start();
  const visit = newBrowser();
  const query = new URLSearchParams({
    client_id: 'countersign-portal',
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  });
  for (const uri of ['https://127.0.0.1/x', 'http://evil.example/x', 'http://127.0.0.1.evil.example/x', 'http://127.0.0.1/x#y']) {
    query.set('redirect_uri', uri);
    const { status, text, to } = await visit(`${url}/auth?${query}`);
    expect([uri, status, to, text.includes('invalid_redirect_uri')]).toEqual([uri, 400, '', true]);
  }
  const { status, to } = await visit(`${url}/interaction/none`, { identity: 'sre@alpha', acr: acrPassword });
  expect([status, to]).toEqual([400, '']);
});
