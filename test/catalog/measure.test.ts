import { afterAll, beforeAll, expect, test } from 'vitest';
import { evidenceHealth, measureEvidence } from '../../src/catalog/index.ts';
import { Metrics } from '../../src/telemetry/index.ts';
import { globex, person } from '../support/world.ts';
import { bob, type CatalogWorld, openCatalogWorld, publish, published } from './catalog-world.ts';

let world: CatalogWorld;
beforeAll(async () => {
  world = await openCatalogWorld();
});
afterAll(() => world.close());

const health = async () => evidenceHealth(world.database);
const waived = (expiresAt: string) => ({
  id: 'k6',
  outcome: 'waived',
  waiver: { owner: 'usr_olga', reason: 'the lab is closed', expiresAt },
});

test('what is missing is that of the newest bundle of the newest release of each tenant, all together', async () => {
  expect(await health()).toEqual({ missing: 0, waivedUntil: null });
  const missing = { id: 'chaos', outcome: 'missing' };
  await published(world, { release: 'v1.0.0', requirements: [missing, { id: 'junit', outcome: 'stale' }] });
  expect((await health()).missing).toBe(2);
  const next = await published(world, { release: 'v1.1.0', requirements: [missing, waived('2026-04-01T00:00:00.000Z')] });
  expect(await health()).toEqual({ missing: 1, waivedUntil: new Date('2026-04-01T00:00:00.000Z') });
  const other = person('bot_other', ['release-bot'], { tenant: globex, purposes: ['release'] });
  await published(world, { release: 'v7.0.0', requirements: [missing, missing, waived('2026-03-09T00:00:00.000Z')] }, other);
  expect(await health()).toEqual({ missing: 3, waivedUntil: new Date('2026-03-09T00:00:00.000Z') });
  await published(world, { release: 'v1.1.0', parent: { manifest: next, number: 1 }, extra: 'chaos' });
  expect(await health()).toEqual({ missing: 2, waivedUntil: new Date('2026-03-09T00:00:00.000Z') });
});

test('publications count by verdict, once each, and refused promotions by rule', async () => {
  const metrics = new Metrics();
  const follow = measureEvidence(metrics);
  const outcomes = [
    await publish(world, { release: 'v2.0.0' }),
    await publish(world, { release: 'v2.0.0' }),
    await publish(world, { release: 'v2.0.1', requirements: [{ id: 'chaos', outcome: 'unmet' }] }),
    await world.govern('evidence.promote', bob, { release: 'v2.0.0', environment: 'production' }),
    await world.govern('evidence.promote', bob, { release: 'v2.0.1', environment: 'production' }),
    await world.govern('evidence.promote', bob, { release: 'v9.0.0', environment: 'production' }),
  ];
  for (const { decision, result } of outcomes) follow(decision, result);
  const values = async (of: { get(): Promise<{ values: { labels: object; value: number }[] }> }) =>
    (await of.get()).values.filter(({ value }) => value > 0).map(({ labels, value }) => [...Object.values(labels), value]);
  expect(await values(metrics.evidencePublished)).toEqual([
    ['PASSED', 1],
    ['FAILED', 1],
  ]);
  expect(await values(metrics.evidenceRefused)).toEqual([
    ['evidence.published', 1],
    ['evidence.complete', 1],
  ]);
});
