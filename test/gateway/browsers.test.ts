import { request } from 'node:http';
import { buildSchema, parse, validate } from 'graphql';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devIdentities } from '../../src/auth/index.ts';
import { readTypeDefs } from '../../src/gateway/schema.ts';
import { operation, startTestGateway, type TestGateway } from '../support/countersign.ts';

const portal = 'https://portal.example';
const stranger = 'https://stranger.example';
const preflight = (origin: string): RequestInit => ({
  method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
});

function corsHeaders(response: Response): Record<string, string> {
  return Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('access-control-')));
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

describe('pages of other origins', () => {
  it.each([portal, 'null', 'http://127.0.0.1:3000'])(
    '%s gets no CORS header by default, neither on a preflight nor on an answer',
    async (origin) => {
      const asked = await gateway.send('/graphql', preflight(origin));
      expect(asked.ok).toBe(false);
      expect(corsHeaders(asked)).toEqual({});
      const { headers, ...init } = operation(await gateway.token('viewer'), '{ viewer { id } }');
      const answered = await gateway.send('/graphql', { ...init, headers: { ...(headers as Record<string, string>), origin } });
      expect(answered.status).toBe(200);
      expect(corsHeaders(answered)).toEqual({});
    },
  );

  it('the configured one may call, without cookies; no other', async () => {
    const open = await startTestGateway({ settings: { server: { corsOrigins: [portal, 'https://second.example'] } } });
    try {
      const asked = await open.send('/graphql', preflight(portal));
      expect(asked.status).toBe(204);
      expect(corsHeaders(asked)).toEqual({
        'access-control-allow-origin': portal,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'authorization,content-type',
        'access-control-max-age': '600',
      });
      const { headers, ...init } = operation(await open.token('viewer'), '{ viewer { id } }');
      const answered = await open.send('/graphql', { ...init, headers: { ...(headers as Record<string, string>), origin: portal } });
      expect(corsHeaders(answered)['access-control-allow-origin']).toBe(portal);
      expect(answered.headers.get('vary')).toContain('Origin');
      for (const response of [
        await open.send('/graphql', preflight(stranger)),
        await open.send('/webhooks/alertmanager', preflight(portal)),
      ])
        expect(corsHeaders(response)['access-control-allow-origin'] ?? 'null').toBe('null');
    } finally {
      await open.stop();
    }
  });

  it('a single configured origin is not given to strangers', async () => {
    const open = await startTestGateway({ settings: { server: { corsOrigins: [portal] } } });
    try {
      const asked = await open.send('/graphql', preflight(stranger));
      expect(corsHeaders(asked)['access-control-allow-origin']).not.toBe(stranger);
    } finally {
      await open.stop();
    }
  });
});

describe('GraphiQL', () => {
  const page = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

  it('is served in development, and loads nothing from elsewhere', async () => {
    const response = await gateway.send('/graphql', page);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html']);
    const html = await response.text();
    const markup = html.replaceAll(/(<script[^>]*>).*?<\/script>/gs, '$1');
    const loaded = [...markup.matchAll(/\b(?:src|href|action)\s*=\s*["']?([^"'\s>]+)/gi)].map(([, target]) => target?.slice(0, 5));
    expect(loaded).toEqual(['data:']); // the icon
    // What the page's own code or style would fetch later.
    expect(
      html.match(/@import|url\(["']?https?:|importScripts\(["'`]http|\bimport\(["'`]http|unpkg\.com\/|cdn\.jsdelivr\.net\/|esm\.sh\//g),
    ).toBeNull();
  });

  it('has a tab for each dev identity, signed in as that one, with an operation', async () => {
    const html = await (await gateway.send('/graphql', page)).text();
    const tabs = tabsOf(html);
    expect(tabs.map(({ query }) => query.split('\n')[0])).toEqual(devIdentities.map(({ id }) => `# You are ${id}.`));
    expect(tabs.map(({ headers }) => decodeJwt(JSON.parse(headers).authorization.slice('Bearer '.length)).sub)).toEqual(
      devIdentities.map(({ id }) => id),
    );
  });

  it('each tab’s token opens the gateway, and its operation is valid', async () => {
    for (const { query, headers } of tabsOf(await (await gateway.send('/graphql', page)).text())) {
      const authorization: string = JSON.parse(headers).authorization;
      const response = await gateway.send('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query: '{ viewer { id } }' }),
      });
      expect(validate(buildSchema(readTypeDefs()), parse(query))).toEqual([]);
      expect(await response.json()).toEqual({ data: { viewer: { id: decodeJwt(authorization.slice('Bearer '.length)).sub } } });
    }
  });

  it.each([
    ['localhost:4000', 200],
    ['[::1]:4000', 200],
    ['rebound.example', 401],
    ['localhost.rebound.example:4000', 401],
    ['127.0.0.1.rebound.example', 401],
  ])('under the name %s: %i, for it holds tokens', async (host, status) => {
    const answer = new Promise<number | undefined>((resolve, reject) => {
      const asking = request(`${gateway.url}/graphql`, { agent: false, headers: { ...page.headers, host } }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      });
      asking.once('error', reject).end();
    });
    expect(await answer).toBe(status);
  });

  it('is not there in production: 401, whoever asks', async () => {
    const issuers = [{ issuer: 'https://issuer.example', audience: 'countersign', roles: { sre: 'sre' } }];
    const webhooks = { alertmanager: [] };
    const production = await startTestGateway({
      settings: { mode: 'production', auth: { issuers }, webhooks },
      env: keyFiles(gateway),
    });
    try {
      const response = await production.send('/graphql', page);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: 'auth.token_missing' });
      expect(production.running.issuer).toBeUndefined();
      // Nor the dev webhook source.
      expect((await production.deliver({})).status).toBe(401);
    } finally {
      await production.stop();
    }
  });
});

/** Those that the development gateway made: in production none is made. */
function keyFiles({ config: { dataDir } }: TestGateway): { readonly [name: string]: string } {
  return { LEDGER_KEY_FILE: `${dataDir}/ledger.pem`, VAULT_KEY_FILE: `${dataDir}/vault.keys` };
}

/** The tabs as the page hands them to GraphiQL. */
function tabsOf(html: string): readonly { query: string; headers: string }[] {
  const start = html.lastIndexOf('YogaGraphiQL.renderYogaGraphiQL(');
  const options = html.slice(html.indexOf('{', start), html.lastIndexOf('}') + 1);
  return JSON.parse(options).defaultTabs;
}
