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
  ['the proxy itself when it forwards nothing', '10.0.0.1', '', 'corporate'],
  ['an untrusted peer, which is not believed', '10.0.1.1', '203.0.113.9', 'corporate'],
  ['an untrusted stranger, which is not believed', '198.51.100.1', '203.0.113.9', 'unknown'],
])('the client is %s', (_name, peer, forwarded, zone) => {
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
])('device and session when %s', (_name, headers, claims, deviceTrust, sessionRisk) => {
  expect(contextOf('10.0.0.1', { ...headers }, claims)).toEqual({ zone: 'corporate', deviceTrust, sessionRisk });
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
