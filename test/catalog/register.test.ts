import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { ada, entries, olga, person, resultOf, ruleOf, sam, vic } from '../support/world.ts';
import { bob, type CatalogWorld, openCatalogWorld } from './catalog-world.ts';

const content = `sha256:${'ab'.repeat(32)}`;
const soon = '2026-03-09T12:00:00.000Z'; // a week from the world's noon
const reason = 'the chaos lab is moving house';

let world: CatalogWorld;
beforeAll(async () => {
  world = await openCatalogWorld();
});
afterAll(() => world.close());

const register = (release: string, by = bob, over: object = {}) =>
  world.govern('evidence.built', by, { release, kind: 'standard', content, ...over });
const waive = (release: string, by = olga, over: object = {}) =>
  world.govern('evidence.waive', by, { release, requirement: 'chaos', reason, expiresAt: soon, ...over });
const last = async (type: string) => (await entries(world, type)).at(-1);

describe('a registration', () => {
  test('is an entry whose effect is exactly what was registered, under its release', async () => {
    const registered = { release: 'v1.0.0', kind: 'standard', content };
    expect(resultOf(await register('v1.0.0'))).toEqual(registered);
    expect(await last('evidence.built')).toMatchObject({ subject: 'release:v1.0.0', actor: { id: 'bot_bob' } });
    expect(Object(await last('evidence.built')).data.effect).toEqual(registered);
  });

  test('can be made again: the first entry counts', async () => {
    resultOf(await register('v1.0.1'));
    resultOf(await register('v1.0.1'));
    resultOf(await register('v1.0.1', bob, { content: `sha256:${'cd'.repeat(32)}` }));
  });

  test.each([
    ['an auditor', ada, 'DENY default.no_grant'],
    ['an SRE', sam, 'DENY default.no_grant'],
    ['a viewer', vic, 'DENY policy.masked'],
    ['who acts for no purpose of a release', person('bot_x', ['release-bot'], { purposes: ['training'] }), 'DENY core.purpose'],
  ])('is not for %s', async (_who, by, rule) => {
    expect(ruleOf(await register('v1.0.2', by))).toBe(rule);
  });

  test.each([
    { release: '1.0.0' },
    { release: 'v1.0' },
    { release: 'v1.0.0+build' },
    { release: `v1.0.0-${'x'.repeat(100)}` },
    { content: 'ab'.repeat(32) },
    { content: `sha256:${'AB'.repeat(32)}` },
    { kind: 'Standard' },
    { more: 1 },
  ])('does not take %j', async (over) => {
    expect(await codeOf(register('v1.0.0', bob, over))).toBe('govern.invalid_arguments');
  });
});

describe('a waiver', () => {
  test('is an entry whose effect is exactly what bundles look for, in plain', async () => {
    const waived = { release: 'v2.0.0', requirement: 'chaos', reason, expiresAt: soon };
    expect(resultOf(await waive('v2.0.0'))).toEqual(waived);
    expect(await last('evidence.waive')).toMatchObject({ subject: 'release:v2.0.0', actor: { id: 'usr_olga' } });
    expect(Object(await last('evidence.waive')).data.effect).toEqual(waived);
  });

  test('is not given by who registered the evidence, nor is that registered by who gave one', async () => {
    resultOf(await register('v2.0.1', olga));
    expect(ruleOf(await waive('v2.0.1', olga))).toBe('DENY evidence.four_eyes');
    resultOf(await waive('v2.0.1', person('usr_omar', ['org-admin'])));
    resultOf(await waive('v2.0.2', olga));
    expect(ruleOf(await register('v2.0.2', olga))).toBe('DENY evidence.four_eyes');
    resultOf(await register('v2.0.2', bob));
    expect(ruleOf(await register('v2.0.3', olga))).toBe('ALLOW evidence.role_grant'); // of another release
  });

  test('and a registration that race are not both done by one person', async () => {
    const who = person('usr_both', ['org-admin']);
    for (const release of ['v2.1.0', 'v2.1.1', 'v2.1.2', 'v2.1.3']) {
      const rules = (await Promise.all([register(release, who), waive(release, who)])).map(ruleOf).toSorted();
      expect(rules).toEqual(['ALLOW evidence.role_grant', 'DENY evidence.four_eyes']);
    }
  });

  test.each([
    ['a release bot', bob, {}, 'DENY default.no_grant'],
    ['an SRE', sam, {}, 'DENY default.no_grant'],
    ['who signed in with a password', person('usr_olga', ['org-admin'], { acr: null }), {}, 'STEP_UP evidence.step_up'],
    ['a reason of nine characters', olga, { reason: 'too short' }, 'DENY evidence.justification'],
    ['91 days', olga, { expiresAt: '2026-06-01T12:00:00.000Z' }, 'DENY evidence.waiver_expiry'],
    ['an end that is over', olga, { expiresAt: '2026-03-02T12:00:00.000Z' }, 'DENY evidence.waiver_expiry'],
  ])('is not given by or with %s', async (_what, by, over, rule) => {
    expect(ruleOf(await waive('v2.2.0', by, over))).toBe(rule);
  });

  test('may last 90 days', async () => {
    resultOf(await waive('v2.2.1', olga, { expiresAt: '2026-05-31T12:00:00.000Z' }));
  });

  test.each([
    { requirement: 'Chaos' },
    { requirement: 'junit:../x' },
    { requirement: '' },
    { expiresAt: 'soon' },
    { reason: 'x'.repeat(1_001) },
  ])('does not take %j', async (over) => {
    expect(await codeOf(waive('v2.0.0', olga, over))).toBe('govern.invalid_arguments');
  });
});
