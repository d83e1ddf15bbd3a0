import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { ada, entries, noon, olga, resultOf, ruleOf, sam } from '../support/world.ts';
import { bob, type CatalogWorld, openCatalogWorld, published } from './catalog-world.ts';

let world: CatalogWorld;
beforeAll(async () => {
  world = await openCatalogWorld();
});
afterEach(() => {
  world.verifier.answer = { failed: [] };
  world.verifier.before = async () => undefined;
  world.clock.set(noon);
});
afterAll(() => world.close());

let releases = 0;
const fresh = (): string => {
  releases += 1;
  return `v4.0.${releases}`;
};
const promote = (release: string, environment = 'production', by = bob) => world.govern('evidence.promote', by, { release, environment });
const later = (days: number) => new Date(Date.parse(noon) + days * 86_400_000).toISOString();

describe('a release is promoted', () => {
  test('on its complete evidence; the answer says what is current, the ledger what was before', async () => {
    const [one, two] = [fresh(), fresh()];
    const manifests = [await published(world, { release: one }), await published(world, { release: two })];
    const promotion = { environment: 'staging', promotedBy: 'bot_bob', promotedAt: noon };
    expect(resultOf(await promote(one, 'staging'))).toEqual({ promotion: { ...promotion, release: one, manifest: manifests[0] } });
    expect(resultOf(await promote(two, 'staging', olga))).toEqual({
      promotion: { ...promotion, promotedBy: 'usr_olga', release: two, manifest: manifests[1] },
    });
    expect((await entries(world, 'evidence.promote')).at(-1)).toMatchObject({
      subject: `release:${two}`,
      data: {
        effect: {
          environment: 'staging',
          release: two,
          manifest: manifests[1],
          before: { release: one, manifest: manifests[0] },
          already: false,
        },
      },
    });
  });

  test('again to where it is: nothing changes', async () => {
    const release = fresh();
    await published(world, { release });
    const first = resultOf(await promote(release));
    world.clock.set(later(1));
    expect(resultOf(await promote(release, 'production', olga))).toEqual(first);
  });

  test('back, when its evidence is not too old', async () => {
    const [one, two] = [fresh(), fresh()];
    for (const release of [one, two]) {
      await published(world, { release });
      resultOf(await promote(release, 'backwards'));
    }
    expect(Object(resultOf(await promote(one, 'backwards'))['promotion'])).toMatchObject({ release: one });
  });
});

describe('a promotion is refused', () => {
  const unmet = async (release: string) => {
    const { decision, result } = await promote(release);
    expect(result).toBe(null);
    return decision.rules.map(({ ruleId, explanation, remedy }) => [ruleId, explanation, remedy]);
  };

  test('without any evidence', async () => {
    expect(await unmet('v9.9.9')).toEqual([
      [
        'evidence.published',
        'no evidence of `v9.9.9` is published',
        'build the evidence, sign it and publish it with `ig-evidence publish`',
      ],
    ]);
  });

  test('with evidence missing: each thing is told with how to get it, and a delta that brings it is enough', async () => {
    const release = fresh();
    const requirements = [
      { id: 'chaos', outcome: 'missing' },
      { id: 'junit:unit.json', outcome: 'stale' },
      { id: 'k6', outcome: 'met' },
      { id: 'sarif', outcome: 'absent' },
    ];
    const manifest = await published(world, { release, requirements });
    const how = (id: string) => `make ${id}; then add what was missing with \`ig-evidence delta\`, sign and publish that`;
    expect(await unmet(release)).toEqual([
      ['evidence.complete', '`chaos` is missing: chaos is so', how('chaos')],
      ['evidence.complete', '`junit:unit.json` is stale: junit:unit.json is so', how('junit:unit.json')],
    ]);
    await published(world, { release, parent: { manifest, number: 1 }, extra: 'chaos report' });
    expect(ruleOf(await promote(release))).toBe('ALLOW evidence.role_grant');
  });

  test('with a waiver from the moment on that it ends', async () => {
    const release = fresh();
    const waiver = { seq: 3, entryId: 'ent', owner: 'usr_olga', reason: 'the lab is moving', expiresAt: '2026-03-09T12:00:00.000Z' };
    await published(world, { release, requirements: [{ id: 'chaos', outcome: 'waived', waiver }] });
    expect(ruleOf(await promote(release, 'before'))).toBe('ALLOW evidence.role_grant');
    world.clock.set('2026-03-09T11:59:59.999Z');
    expect(ruleOf(await promote(release, 'just-before'))).toBe('ALLOW evidence.role_grant');
    world.clock.set('2026-03-09T12:00:00.000Z');
    expect((await unmet(release)).map(([rule, why]) => [rule, why])).toEqual([
      ['evidence.waivers_hold', 'the waiver of `chaos` ended at 2026-03-09T12:00:00.000Z'],
    ]);
  });

  test('when the evidence is older than a year', async () => {
    const release = fresh();
    await published(world, { release, at: '2026-03-02T12:00:00.000Z' });
    world.clock.set(later(365.5));
    expect(ruleOf(await promote(release))).toBe('ALLOW evidence.role_grant');
    world.clock.set(later(366));
    expect(ruleOf(await promote(release, 'later'))).toBe('DENY evidence.fresh');
  });

  test('when the bundle verifies no more: a signer was revoked since, or the disk failed', async () => {
    const release = fresh();
    await published(world, { release });
    world.verifier.answer = { failed: ['policy.revoked'] };
    world.clock.set('2026-03-02T12:09:59.000Z');
    expect(ruleOf(await promote(release, 'minutes-later'))).toBe('ALLOW evidence.role_grant');
    world.clock.set('2026-03-02T12:10:01.000Z');
    const outcome = await promote(release);
    expect([ruleOf(outcome), outcome.decision.explanation]).toEqual([
      'DENY evidence.verified',
      'the bundle does not verify: policy.revoked',
    ]);
  });

  test('to those whose it is not, without looking', async () => {
    const release = fresh();
    await published(world, { release });
    world.clock.set(later(1));
    const before = world.verifier.asked.length;
    for (const by of [ada, sam]) expect(ruleOf(await promote(release, 'production', by))).toMatch(/^DENY default.no_grant/);
    expect(world.verifier.asked.length).toBe(before);
  });

  test.each([{ environment: 'Production' }, { environment: '' }, { release: 'main' }, { evidence: { verdict: 'PASSED' } }])(
    'of %j',
    async (over) => {
      expect(await codeOf(world.govern('evidence.promote', bob, { release: 'v1.2.3', environment: 'production', ...over }))).toBe(
        'govern.invalid_arguments',
      );
    },
  );
});

test('a delta that is published while the bundle before it is looked at ends a promotion; the next call goes by the delta', async () => {
  const release = fresh();
  const manifest = await published(world, { release });
  world.clock.set(later(1));
  const [looking, go] = [gate(), gate()];
  let first = true;
  world.verifier.before = async () => {
    if (!first) return;
    first = false;
    looking.open();
    await go.opened;
  };
  const calling = codeOf(promote(release));
  await looking.opened;
  await published(world, { release, parent: { manifest, number: 1 }, requirements: [{ id: 'chaos', outcome: 'unmet' }] });
  go.open();
  expect(await calling).toBe('evidence.changed_meanwhile');
  expect(ruleOf(await promote(release))).toBe('DENY evidence.complete');
});
