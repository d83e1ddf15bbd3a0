import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryOf, epochSeconds, type JsonObject } from '../../src/core/index.ts';
import { alert, delivery } from '../support/alerts.ts';
import { rowCounts, startTestGateway, type TestGateway, webhookToken } from '../support/countersign.ts';
import { call, clock, decided, honest, input, operation, plain, signed, zones } from '../support/forging.ts';
import { ledgeredInput } from '../support/ledgered.ts';
import type { HeaderLine } from '../support/raw-http.ts';

/** What the policy is given must come from the token, the connection and the configuration, and from nothing else that a caller sends. */
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
