import { expect, test } from 'vitest';
// The reader is no part of the door: what it reads from claims is proven through `createAuthenticator` elsewhere.
import { contextReader } from '../../src/auth/context.ts';
import { serviceActor, serviceContext } from '../../src/auth/index.ts';
import { tenantId } from '../../src/core/index.ts';
import { issuerSettings } from './test-issuer.ts';

const names = issuerSettings('').claims;
const read = contextReader({
  trustedProxies: ['10.0.0.0/24', 'fd00::1'],
  zones: [
    { zone: 'office', cidrs: ['203.0.113.0/24', '2001:db8:1::/48'] },
    { zone: 'corporate', cidrs: ['10.0.0.0/8', '203.0.0.0/8'] },
  ],
  headers: { deviceTrust: 'X-Device-Trust', sessionRisk: 'x-session-risk' },
});

function contextOf(peerAddress: string, headers: { [name: string]: string } = {}, claims = {}) {
  const { channel: _channel, ...context } = read({ peerAddress, header: (name) => headers[name], channel: 'graphql' }, claims, names);
  return context;
}

const zoneOf = (peer: string, forwarded?: string) => contextOf(peer, forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }).zone;

test.each([
  ['203.0.113.9', 'office'],
  ['203.0.114.9', 'corporate'],
  ['::ffff:203.0.113.9', 'office'],
  ['::ffff:cb00:7109', 'office'],
  ['0:0:0:0:0:ffff:203.0.113.9', 'office'],
  ['2001:db8:1::5', 'office'],
  ['2001:DB8:1:0:0:0:0:5%eth0', 'office'],
  ['2001:db8:2::5', 'unknown'],
  ['198.51.100.1', 'unknown'],
  ['', 'unknown'],
  ['not an address', 'unknown'],
])('the peer %s is in zone %s', (peer, zone) => {
  expect(zoneOf(peer)).toBe(zone);
});

test.each([
  ['the one hop', '10.0.0.1', '203.0.113.9', 'office'],
  ['a mapped proxy', '::ffff:10.0.0.1', '203.0.113.9', 'office'],
  ['an IPv6 proxy', 'fd00::1', '2001:db8:1::5', 'office'],
  ['the right-most stranger, whatever it claims to forward', '10.0.0.1', '203.0.113.9, 198.51.100.1', 'unknown'],
  ['behind two proxies', '10.0.0.1', '198.51.100.1, 203.0.113.9, 10.0.0.2', 'office'],
  ['with ports', '10.0.0.1', '203.0.113.9:4711, [fd00::1]:443', 'office'],
  ['nobody when the hop is no address', '10.0.0.1', '203.0.113.9, unknown', 'unknown'],
  ['the farthest proxy when all are trusted', '10.0.0.1', '10.0.0.3, 10.0.0.2', 'corporate'],
  ['a mapped client, in either spelling', '10.0.0.1', '::ffff:198.51.100.1, ::ffff:cb00:7109', 'office'],
  ['a client with an IPv6 scope', '10.0.0.1', '2001:db8:1::5%eth0', 'office'],
  ['in brackets with a port', '10.0.0.1', '[2001:db8:1::5]:4711', 'office'],
  ['nobody when the proxy names none', '10.0.0.1', undefined, 'unknown'],
  ['nobody when the header is empty', '10.0.0.1', '', 'unknown'],
  ['nobody when the header is blank', '10.0.0.1', ' \t', 'unknown'],
  ['nobody when the last element is empty', '10.0.0.1', '203.0.113.9,', 'unknown'],
  ['nobody when an element among the proxies is empty', '10.0.0.1', '203.0.113.9, , 10.0.0.2', 'unknown'],
  ['the right-most, whatever is empty left of it', '10.0.0.1', ', ,203.0.113.9', 'office'],
  ['nobody when the address is no address', '10.0.0.1', '203.0.113.999', 'unknown'],
  ['nobody when the address is written in octal', '10.0.0.1', '0313.0.0161.011', 'unknown'],
  ['nobody when the address is one number', '10.0.0.1', '3405803785', 'unknown'],
  ['nobody when the separator is another', '10.0.0.1', '203.0.113.9; 10.0.0.2', 'unknown'],
  ['nobody when it is written in other digits', '10.0.0.1', '\u0662\u0660\u0663.0.113.9', 'unknown'],
  ['nobody when it is an element of RFC 7239', '10.0.0.1', 'for=203.0.113.9', 'unknown'],
  ['the stranger right of 1,000 claimed hops', '10.0.0.1', `${'203.0.113.9, '.repeat(1_000)}198.51.100.1`, 'unknown'],
  ['the stranger behind 1,000 proxies', '10.0.0.1', `203.0.113.9${', 10.0.0.2'.repeat(1_000)}`, 'office'],
  ['an untrusted peer, which is not believed', '10.0.1.1', '203.0.113.9', 'corporate'],
  ['an untrusted stranger, which is not believed', '198.51.100.1', '203.0.113.9', 'unknown'],
] satisfies readonly (readonly [string, string, string | undefined, string])[])('the client is %s', (_name, peer, forwarded, zone) => {
  expect(zoneOf(peer, forwarded)).toBe(zone);
});

test('an IPv4 address is in no IPv6 range, however it is written', () => {
  const zones = [{ zone: 'six', cidrs: ['::/0'] }];
  const reader = contextReader({ trustedProxies: [], zones, headers: { deviceTrust: 'd', sessionRisk: 'r' } });
  const zoneIn = (peerAddress: string) => reader({ peerAddress, header: () => undefined, channel: 'rest' }, {}, names).zone;
  expect(['::1', '127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1'].map(zoneIn)).toEqual(['six', 'unknown', 'unknown', 'unknown']);
});

test('headers from an untrusted peer change nothing', () => {
  const headers = { 'x-device-trust': 'high', 'x-session-risk': '0', 'x-forwarded-for': '203.0.113.9' };
  expect(contextOf('198.51.100.1', headers)).toEqual({ zone: 'unknown', deviceTrust: 'low', sessionRisk: 100 });
  expect(contextOf('198.51.100.1', headers, { device_trust: 'medium', session_risk: 20 })).toEqual({
    zone: 'unknown',
    deviceTrust: 'medium',
    sessionRisk: 20,
  });
});

test.each([
  ['nothing is said', {}, {}, 'low', 100],
  ['the proxy says it', { 'x-device-trust': 'high', 'x-session-risk': '7' }, {}, 'high', 7],
  ['the token says a fraction', {}, { device_trust: 'high', session_risk: 12.5 }, 'high', 100],
  ['the token says it', {}, { device_trust: 'high', session_risk: 12 }, 'high', 12],
  ['the proxy trusts less', { 'x-device-trust': 'low', 'x-session-risk': '90' }, { device_trust: 'high', session_risk: 5 }, 'low', 90],
  [
    'the token trusts less',
    { 'x-device-trust': 'high', 'x-session-risk': '0' },
    { device_trust: 'medium', session_risk: 30 },
    'medium',
    30,
  ],
  ['the proxy errs', { 'x-device-trust': 'HIGH', 'x-session-risk': '101' }, { device_trust: 'high', session_risk: 5 }, 'low', 100],
  ['the proxy repeats itself', { 'x-device-trust': 'high, high', 'x-session-risk': '1, 1' }, {}, 'low', 100],
  ['a header is empty', { 'x-device-trust': '', 'x-session-risk': '' }, { device_trust: 'high', session_risk: 5 }, 'low', 100],
  ['the token errs', {}, { device_trust: 3, session_risk: '5' }, 'low', 100],
  ['the token is out of range', {}, { device_trust: null, session_risk: -1 }, 'low', 100],
  ['the token has another case and a text', {}, { device_trust: 'High', session_risk: '0' }, 'low', 100],
  ['the token has blanks and no number', {}, { device_trust: 'high ', session_risk: Number.NaN }, 'low', 100],
  ['the token has a list', {}, { device_trust: ['high'], session_risk: [0] }, 'low', 100],
  ['the token has an object', {}, { device_trust: { level: 'high' }, session_risk: {} }, 'low', 100],
  ['the token has truth', {}, { device_trust: true, session_risk: false }, 'low', 100],
  ['the token has nothing', {}, { device_trust: '', session_risk: null }, 'low', 100],
  ['the token has a Cyrillic letter', {}, { device_trust: 'h\u0456gh', session_risk: 101 }, 'low', 100],
  ['the token has what is no number', {}, { device_trust: 0, session_risk: Number.NEGATIVE_INFINITY }, 'low', 100],
  ['the token has a number too large', {}, { device_trust: 2, session_risk: 2 ** 53 }, 'low', 100],
  ['the token names a prototype', {}, { device_trust: '__proto__', session_risk: 1e-9 }, 'low', 100],
  ['the proxy signs its number', { 'x-session-risk': '-0' }, { device_trust: 'high', session_risk: 5 }, 'high', 100],
  ['the proxy writes another number', { 'x-session-risk': '0x0' }, { device_trust: 'high', session_risk: 5 }, 'high', 100],
  ['the proxy says it in blanks', { 'x-device-trust': ' high', 'x-session-risk': ' 5' }, { device_trust: 'high' }, 'low', 100],
])('device and session when %s', (_name, headers, claims, deviceTrust, sessionRisk) => {
  const forwarded = { 'x-forwarded-for': '203.0.113.9' };
  expect(contextOf('10.0.0.1', { ...forwarded, ...headers }, claims)).toEqual({ zone: 'office', deviceTrust, sessionRisk });
});

test('what another header says of the client is not read, whoever sends it', () => {
  const others = { forwarded: 'for=203.0.113.9', 'x-real-ip': '203.0.113.9', x_forwarded_for: '203.0.113.9', x_device_trust: 'high' };
  const least = { deviceTrust: 'low', sessionRisk: 100 };
  expect(contextOf('10.0.0.1', others)).toEqual({ zone: 'unknown', ...least });
  expect(contextOf('10.0.0.1', { ...others, 'x-forwarded-for': '198.51.100.1' })).toEqual({ zone: 'unknown', ...least });
  expect(contextOf('10.0.1.1', others)).toEqual({ zone: 'corporate', ...least });
});

test('our own jobs act as a service, from inside', () => {
  expect(serviceActor(tenantId('alpha'), 'autoresolve')).toEqual({
    id: 'service:autoresolve',
    kind: 'service',
    tenant: 'alpha',
    roles: ['service'],
    purposes: [],
    authTime: null,
    acr: null,
    amr: [],
  });
  expect(serviceContext('job')).toEqual({ zone: 'internal', deviceTrust: 'high', sessionRisk: 0, channel: 'job' });
});
