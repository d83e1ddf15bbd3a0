import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompactSign, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryOf, epochSeconds, fixedClock, type JsonObject } from '../../src/core/index.ts';
import { alert, delivery } from '../support/alerts.ts';
import { rowCounts, startTestGateway, type TestGateway, webhookToken } from '../support/countersign.ts';
import { ledgeredInput } from '../support/ledgered.ts';
import { type HeaderLine, postRaw } from '../support/raw-http.ts';
import { mutation, type Payload } from '../support/walk.ts';

/** What the policy is given must come from the token, the connection and the configuration, and from nothing else that a caller sends. */
const clock = fixedClock(new Date().toISOString());
const zones = [
  { zone: 'office', cidrs: ['203.0.113.0/24', '2001:db8:1::/48'] },
  { zone: 'loopback', cidrs: ['127.0.0.0/8', '::1/128'] },
];
const input = { key: 'search.index', enabled: true, justification: 'trying what comes through' };
const operation = { query: mutation('setFlag'), variables: { input } };

let direct: TestGateway;
let behindProxy: TestGateway;
beforeAll(async () => {
  [direct, behindProxy] = await Promise.all([
    startTestGateway({ clock, settings: { context: { zones } } }),
    startTestGateway({ clock, settings: { context: { zones, trustedProxies: ['127.0.0.1'] } } }),
  ]);
});
afterAll(async () => {
  await Promise.all([direct.stop(), behindProxy.stop()]);
});

/** A token with exactly these claims, signed with the key of the gateway's own issuer. Text is sent as it is. */
async function signed(gateway: TestGateway, claims: string): Promise<string> {
  const [jwk] = JSON.parse(readFileSync(join(gateway.config.dataDir, 'dev-issuer', 'jwks.json'), 'utf8')).keys;
  return new CompactSign(Buffer.from(claims))
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: jwk.kid })
    .sign(await importJWK(jwk, 'RS256'));
}

const honest = (gateway: TestGateway) => ({
  iss: gateway.running.issuer,
  aud: 'countersign',
  sub: 'sam',
  tenant: 'alpha',
  roles: ['sre'],
  purposes: ['operations'],
  device_trust: 'medium',
  session_risk: 40,
  auth_time: epochSeconds(clock.now()) - 60,
  acr: 'urn:countersign:acr:pwd',
  amr: ['pwd'],
  exp: epochSeconds(clock.now()) + 3_600,
});

type Call = { readonly lines?: readonly HeaderLine[]; readonly token?: string; readonly body?: unknown; readonly path?: string };

function call(gateway: TestGateway, { lines = [], token = '', body = operation, path = '/graphql' }: Call) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return postRaw(`${gateway.url}${path}`, text, [...lines, ['Authorization', `Bearer ${token}`]]);
}

/** Makes the call with an honest token unless another is given; answers with what the policy was given, and decided. */
async function decided(gateway: TestGateway, over: Call = {}) {
  const token = over.token ?? (await signed(gateway, JSON.stringify(honest(gateway))));
  const { status, body } = await call(gateway, { ...over, token });
  const { setFlag }: { setFlag: Payload } = Object(Object(body).data);
  if (setFlag === undefined) throw new Error(`${status} ${JSON.stringify(body)}`);
  return { input: await ledgeredInput(gateway.database, setFlag.receipt.entryId), decision: setFlag.decision };
}

const plain = { zone: 'loopback', deviceTrust: 'medium', sessionRisk: 40, channel: 'graphql' };

describe('from a peer that is no trusted proxy nothing is believed:', () => {
  let baseline: JsonObject;
  beforeAll(async () => {
    ({ input: baseline } = await decided(direct));
  });

  it('an honest call, which the others are compared with', () => {
    expect(baseline).toMatchObject({
      context: plain,
      now: { epoch: epochSeconds(clock.now()) },
      actor: { id: 'sam', kind: 'human', tenant: 'alpha', roles: ['sre'], purposes: ['operations'] },
      resource: { tenant: 'alpha' },
    });
  });

  const forged: readonly [string, ...HeaderLine[]][] = [
    ['X-Forwarded-For', ['X-Forwarded-For', '203.0.113.9']],
    ['in small letters', ['x-forwarded-for', '203.0.113.9']],
    ['in capitals', ['X-FORWARDED-FOR', '203.0.113.9'], ['X-DEVICE-TRUST', 'high'], ['X-SESSION-RISK', '0']],
    ['twice', ['X-Forwarded-For', '203.0.113.9'], ['x-forwarded-for', '203.0.113.10'], ['X-Forwarded-For', '127.0.0.1']],
    ['a list', ['X-Forwarded-For', '203.0.113.9, 127.0.0.1, 10.0.0.1']],
    ['1,000 hops', ['X-Forwarded-For', '203.0.113.9,'.repeat(1_000)]],
    ['empty elements', ['X-Forwarded-For', ', ,,203.0.113.9,, ,']],
    ['an empty header', ['X-Forwarded-For', ''], ['X-Device-Trust', ''], ['X-Session-Risk', '']],
    ['IPv4 in IPv6', ['X-Forwarded-For', '::ffff:203.0.113.9']],
    ['an IPv6 scope', ['X-Forwarded-For', '2001:db8:1::5%eth0']],
    ['ports', ['X-Forwarded-For', '203.0.113.9:443, [2001:db8:1::5]:443']],
    ['no address at all', ['X-Forwarded-For', 'localhost, unknown, _hidden']],
    ['RFC 7239', ['Forwarded', 'for=203.0.113.9;proto=https;by=127.0.0.1'], ['Forwarded', 'for="[2001:db8:1::5]:443"']],
    [
      'names that other products believe',
      ['X-Real-IP', '203.0.113.9'],
      ['True-Client-IP', '203.0.113.9'],
      ['CF-Connecting-IP', '203.0.113.9'],
      ['X-Client-IP', '203.0.113.9'],
      ['X-Cluster-Client-IP', '203.0.113.9'],
    ],
    ['a trusted device', ['X-Device-Trust', 'high'], ['X-Session-Risk', '0']],
    ['a device, twice', ['X-Device-Trust', 'high'], ['X-Device-Trust', 'high'], ['X-Session-Risk', '0'], ['X-Session-Risk', '0']],
    ['less trust, which is not believed either', ['X-Device-Trust', 'low'], ['X-Session-Risk', '100']],
    ['names with underscores', ['X_Device_Trust', 'high'], ['X_Session_Risk', '0'], ['X_Forwarded_For', '203.0.113.9']],
    ['hop-by-hop names', ['Connection', 'close, x-forwarded-for, authorization, x-device-trust'], ['X-Device-Trust', 'high']],
    [
      'the parts of the context',
      ['X-Zone', 'office'],
      ['X-Channel', 'job'],
      ['Zone', 'office'],
      ['Channel', 'job'],
      ['Context', '{"zone":"office"}'],
    ],
    [
      'the actor',
      ['X-Tenant', 'beta'],
      ['X-Roles', 'org-admin'],
      ['X-User', 'root'],
      ['X-Forwarded-User', 'root'],
      ['X-Purposes', 'audit'],
      ['X-Actor-Kind', 'service'],
    ],
    ['how one signed in', ['X-Acr', 'urn:countersign:acr:mfa'], ['X-Amr', 'otp'], ['X-Auth-Time', '4102444800']],
    ['another time', ['Date', 'Fri, 01 Jan 2100 00:00:00 GMT'], ['X-Now', '4102444800'], ['X-Request-Start', 't=4102444800']],
    ['our own answer', ['X-IG-Decision-Id', 'dec_0'], ['X-IG-Rule-Id', 'flag.role_grant'], ['X-IG-Result', 'ALLOW']],
    ['trace baggage', ['baggage', 'tenant=beta,zone=office'], ['tracestate', 'zone=office'], ['Cookie', 'tenant=beta; role=org-admin']],
    ['a second token after ours', ['X-Authorization', 'Bearer x'], ['Proxy-Authorization', 'Bearer x']],
    ['another method', ['X-HTTP-Method-Override', 'GET'], ['X-Original-URL', '/ready'], ['X-Forwarded-Host', 'office.example']],
  ];
  it.each(forged)('%s', async (_name, ...lines) => {
    const { input: given } = await decided(direct, { lines });
    expect(given).toEqual(baseline);
  });

  it('more hops than a request may have headers: 431, and nothing is decided', async () => {
    const before = await rowCounts(direct.database);
    const { status } = await call(direct, { lines: [['X-Forwarded-For', '203.0.113.9,'.repeat(2_000)]] });
    expect(status).toBe(431);
    expect(await rowCounts(direct.database)).toEqual(before);
  });

  it.each([
    ['beside the operation', { ...operation, extensions: { tenant: 'beta', context: { zone: 'office' }, roles: ['org-admin'] } }, ''],
    ['in the address', operation, '?tenant=beta&zone=office&channel=job&roles=org-admin&now=0'],
    [
      'among the variables',
      { ...operation, variables: { input, context: { zone: 'office' }, tenant: 'beta', now: 0, ['__proto__']: { roles: ['org-admin'] } } },
      '',
    ],
  ])('what is written %s', async (_name, body, query) => {
    const { input: given } = await decided(direct, { body, path: `/graphql${query}` });
    expect(given).toEqual(baseline);
  });

  it.each(['context', 'zone', 'channel', 'now', 'tenant', 'roles', 'purposes', 'actor', 'identity', 'constructor'])(
    'an argument `%s`, which there is not: refused, and nothing is decided',
    async (name) => {
      const token = await signed(direct, JSON.stringify(honest(direct)));
      const before = await rowCounts(direct.database);
      const inInput = { query: operation.query, variables: { input: { ...input, [name]: 'office' } } };
      const asArgument = { query: operation.query.replace('input: $input', `input: $input, ${name}: "office"`), variables: { input } };
      const codes: string[][] = [];
      for (const body of [inInput, asArgument]) {
        const answer = await call(direct, { token, body });
        codes.push(Object(answer.body).errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code));
      }
      expect(codes).toEqual([['BAD_REQUEST'], ['GRAPHQL_VALIDATION_FAILED']]);
      expect(await rowCounts(direct.database)).toEqual(before);
    },
  );
});

describe('from a trusted proxy', () => {
  const office: HeaderLine = ['X-Forwarded-For', '203.0.113.9'];
  const rows: readonly (readonly [string, readonly HeaderLine[], object])[] = [
    ['nothing: the client is unknown', [], { zone: 'unknown' }],
    ['the client', [office], { zone: 'office' }],
    ['the client, in capitals', [['X-FORWARDED-FOR', '203.0.113.9']], { zone: 'office' }],
    ['the client in the last of several lines', [['X-Forwarded-For', '198.51.100.1'], office], { zone: 'office' }],
    ['a stranger, who claims to stand for the office', [office, ['X-Forwarded-For', '198.51.100.1']], { zone: 'unknown' }],
    ['a client that claims to be the proxy', [['X-Forwarded-For', '127.0.0.1, 198.51.100.1']], { zone: 'unknown' }],
    ['the stranger after 1,000 claimed hops', [['X-Forwarded-For', `${'203.0.113.9,'.repeat(1_000)}198.51.100.1`]], { zone: 'unknown' }],
    ['an empty last element', [['X-Forwarded-For', '203.0.113.9,']], { zone: 'unknown' }],
    ['the client mapped into IPv6, with a port', [['X-Forwarded-For', '[::ffff:203.0.113.9]:443']], { zone: 'office' }],
    [
      'only what is not configured',
      [
        ['Forwarded', 'for=203.0.113.9'],
        ['X-Real-IP', '203.0.113.9'],
      ],
      { zone: 'unknown' },
    ],
    ['more trust than the token', [office, ['X-Device-Trust', 'high'], ['X-Session-Risk', '0']], { zone: 'office' }],
    [
      'less trust than the token',
      [office, ['X-Device-Trust', 'low'], ['X-Session-Risk', '90']],
      { zone: 'office', deviceTrust: 'low', sessionRisk: 90 },
    ],
    ['trust said twice', [office, ['X-Device-Trust', 'high'], ['x-device-trust', 'high']], { zone: 'office', deviceTrust: 'low' }],
    ['risk said twice', [office, ['X-Session-Risk', '0'], ['X-Session-Risk', '0']], { zone: 'office', sessionRisk: 100 }],
    [
      'trust misspelt',
      [office, ['X-Device-Trust', 'High'], ['X-Session-Risk', '1e1']],
      { zone: 'office', deviceTrust: 'low', sessionRisk: 100 },
    ],
  ];
  it.each(rows)('%s', async (_name, lines, expected) => {
    const { input: given } = await decided(behindProxy, { lines });
    expect(given['context']).toEqual({ ...plain, ...expected });
  });
});

describe('a delivery to the webhook', () => {
  it('acts in the context of its source, whatever its headers and its alert say', async () => {
    const context = { zone: 'office', channel: 'graphql', tenant: 'beta', roles: 'org-admin' };
    const body = JSON.stringify({ ...delivery('forged', alert({ labels: { alertname: 'A', ...context } })), context });
    const lines: HeaderLine[] = [
      ['X-Forwarded-For', '203.0.113.9'],
      ['X-Tenant', 'beta'],
    ];
    const answer = await call(behindProxy, { path: '/webhooks/alertmanager', token: webhookToken, body, lines });
    const [{ decisionId }] = Object(answer.body).outcomes;
    expect(await ledgeredInput(behindProxy.database, entryOf(decisionId))).toMatchObject({
      context: { zone: 'internal', deviceTrust: 'high', sessionRisk: 0, channel: 'webhook' },
      actor: { id: 'service:alertmanager-test', kind: 'service', tenant: 'alpha', roles: ['service'] },
    });
  });
});

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
