import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintDevToken, startDevIssuer } from '../../src/auth/index.ts';
import { systemClock } from '../../src/core/index.ts';
import { rowCounts, startTestGateway, type TestGateway } from '../support/countersign.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { mutation } from '../support/walk.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const setFlag = { query: mutation('setFlag'), variables: { input: { key: 'search.index', enabled: true, justification: 'long enough' } } };

function call(authorization: string | undefined, to: TestGateway = gateway): Promise<Response> {
  return to.send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
    body: JSON.stringify(setFlag),
  });
}

const invalid = (description: string) => `Bearer realm="countersign", error="invalid_token", error_description="${description}"`;

describe('who is nobody', () => {
  const cases: readonly [string, () => Promise<string | undefined>, string, string, string, string?][] = [
    [
      'sends no token',
      async () => undefined,
      'auth.token_missing',
      'the request carries no bearer token',
      'Bearer realm="countersign"',
      'send `Authorization: Bearer <token>`',
    ],
    [
      'uses another scheme',
      async () => 'Basic YTpi',
      'auth.token_missing',
      'the request carries no bearer token',
      'Bearer realm="countersign"',
      'send `Authorization: Bearer <token>`',
    ],
    [
      'sends garbage',
      async () => 'Bearer garbage',
      'auth.token_malformed',
      'the token is not a signed JWT',
      invalid('the token is not a signed JWT'),
    ],
    [
      'sends a token that has expired',
      async () => `Bearer ${await gateway.token('sre', { clock: { now: () => new Date(Date.now() - 7_200_000) } })}`,
      'auth.token_expired',
      'the token has expired',
      invalid('the token has expired'),
    ],
    [
      'sends a token of another issuer',
      async () => `Bearer ${await gateway.token('sre', { issuer: 'http://127.0.0.1:1' })}`,
      'auth.issuer_unknown',
      'the issuer of the token is not a configured one',
      invalid('the issuer of the token is not a configured one'),
    ],
    [
      'changes the token',
      async () => `Bearer ${(await gateway.token('sre')).slice(0, -8)}AAAAAAAA`,
      'auth.signature_invalid',
      'the signature of the token does not verify',
      invalid('the signature of the token does not verify'),
    ],
  ];

  it.each(cases)('%s: 401 and nothing happens', async (_name, authorization, code, title, challenge, remedy) => {
    const before = await rowCounts(gateway.database);
    const response = await call(await authorization());
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(challenge);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await response.json()).toEqual({ type: 'about:blank', title, status: 401, code, ...(remedy !== undefined && { remedy }) });
    expect(await rowCounts(gateway.database)).toEqual(before);
  });

  it('takes a GET with a query for an operation, which needs a token even where a page is accepted', async () => {
    const response = await gateway.send('/graphql?query=%7Bviewer%7Bid%7D%7D', { headers: { accept: 'text/html' } });
    expect(response.status).toBe(401);
  });
});

describe('an issuer of ones own', () => {
  const folder = makeFolder('issuer');
  let other: TestGateway;
  let issuerUrl: string;
  let closeIssuer: () => Promise<void>;

  beforeAll(async () => {
    const issuer = await startDevIssuer({ dataDir: folder, port: 0, mode: 'development', clock: systemClock });
    issuerUrl = issuer.url;
    closeIssuer = () => issuer.close();
    const roles = { sre: 'sre' }; // nobody but the sre has a role here
    const settings = { auth: { issuers: [{ issuer: issuer.url, audience: 'countersign', roles }] } };
    other = await startTestGateway({ settings });
  });
  afterAll(async () => {
    await other.stop();
    removeFolders([folder]);
  });

  const bearer = async (identity: string) =>
    `Bearer ${await mintDevToken({ dataDir: folder, issuer: issuerUrl, identity, clock: systemClock })}`;

  it('answers 403 to whom no role is granted, 200 to whom one is, and 503 while the issuer is down', async () => {
    const viewer = await call(await bearer('viewer'), other);
    expect(viewer.status).toBe(403);
    expect(viewer.headers.get('www-authenticate')).toBe(
      'Bearer realm="countersign", error="insufficient_scope", error_description="no name in the claim `roles` grants a role"',
    );
    expect(await viewer.json()).toEqual({
      type: 'about:blank',
      title: 'no name in the claim `roles` grants a role',
      status: 403,
      code: 'auth.role_missing',
      remedy: 'map a name of that claim to a role under `auth.issuers[].roles`',
    });
    expect((await call(await bearer('sre'), other)).status).toBe(200);

    const token = await bearer('sre');
    await closeIssuer();
    const fresh = await startTestGateway({
      settings: { auth: { issuers: [{ issuer: issuerUrl, audience: 'countersign', roles: { sre: 'sre' } }] } },
    });
    try {
      const down = await call(token, fresh);
      expect(down.status).toBe(503);
      expect(down.headers.get('www-authenticate')).toBeNull();
      expect(down.headers.get('retry-after')).toBe('1');
      expect(await down.json()).toMatchObject({ status: 503, code: 'auth.issuer_unavailable' });
    } finally {
      await fresh.stop();
    }
  });
});

describe('an issuer that answers nonsense', () => {
  it('is our fault, not the token’s: 503', async () => {
    const server = createServer((_request, response) => response.end('{'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const broken = await startTestGateway({
      settings: { auth: { issuers: [{ issuer, audience: 'countersign', roles: { sre: 'sre' } }] } },
    });
    try {
      // Any token that names this issuer; its key is never asked for.
      const response = await call(`Bearer ${await gateway.token('sre', { issuer })}`, broken);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ code: 'auth.issuer_unavailable' });
    } finally {
      await broken.stop();
      server.close();
    }
  });
});
