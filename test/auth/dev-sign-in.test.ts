import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acrMultiFactor, acrPassword, type DevIssuer, startDevIssuer } from '../../src/auth/index.ts';
import { systemClock } from '../../src/core/index.ts';
import { authorization, discover, newBrowser, signIn } from '../support/sign-in.ts';

let dataDir: string;
let issuer: DevIssuer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'countersign-auth-'));
  issuer = await startDevIssuer({ dataDir, port: 0, mode: 'development', clock: systemClock });
});
afterAll(async () => {
  await issuer.close();
  await rm(dataDir, { recursive: true });
});

test.each([
  ['asks for nothing', {}, {}],
  ['asks for a sign-in no older than a day', { maxAge: 86_400 }, {}],
  ['asks for a sign-in older than which none is', { maxAge: 0 }, {}],
  ['asks for the level it has', { acrValues: acrPassword }, {}],
  ['asks for a higher level', { acrValues: acrMultiFactor, maxAge: 900 }, {}],
  ['names who is signed in', { maxAge: 900 }, { login_hint: 'sre@alpha' }],
])('a session never stands in for a sign-in, when a client %s', async (_name, over, more) => {
  const client = await discover(issuer.url);
  const browser = newBrowser();
  await signIn(client, browser, { identity: 'sre@alpha', acr: acrPassword, asked: {} });
  const { to } = await browser((await authorization(client, over, more)).href);
  expect(to).toMatch(new RegExp(`^${issuer.url}/interaction/`));
  const silent = await browser((await authorization(client, over, { ...more, prompt: 'none' })).href);
  expect(new URL(silent.to).searchParams.get('error')).toBe('login_required');
  expect(new URL(silent.to).searchParams.has('code')).toBe(false);
});

test.each([
  ['acr_values', { acr_values: acrMultiFactor }],
  ['several acr_values', { acr_values: `urn:made:up ${acrMultiFactor}` }],
  ['an essential claim', { claims: JSON.stringify({ id_token: { acr: { essential: true, value: acrMultiFactor } } }) }],
  ['a parameter of its own', { acr: acrMultiFactor, amr: 'otp' }],
])('a level that was not performed cannot be asked into the token by %s', async (_name, more) => {
  const client = await discover(issuer.url);
  const { tokens } = await signIn(client, newBrowser(), { identity: 'sre@alpha', acr: acrPassword, asked: {}, more });
  expect(tokens.claims()).toMatchObject({ sub: 'sre@alpha', amr: ['pwd'] });
  expect([acrPassword, undefined]).toContain(tokens.claims()?.['acr']); // it stands there only when it was asked for
  expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: 'sre@alpha', acr: acrPassword, amr: ['pwd'] });
});

test.each(['urn:made:up', '', `${acrPassword} ${acrMultiFactor}`, '__proto__'])(
  'a form that grants the level `%s` signs in nobody',
  async (acr) => {
    const client = await discover(issuer.url);
    const browser = newBrowser();
    const { to: formUrl } = await browser((await authorization(client, { acrValues: acr })).href);
    const { status, text, to } = await browser(formUrl, { identity: 'sre@alpha', acr });
    expect([status, to]).toEqual([400, '']);
    expect(text).toContain('the dev issuer knows no level');
    const again = await browser((await authorization(client, {}, { prompt: 'none' })).href);
    expect(new URL(again.to).searchParams.get('error')).toBe('login_required');
  },
);
