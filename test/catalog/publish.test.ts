import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/core/index.ts';
import { codeOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { query } from '../support/postgres.ts';
import { acme, ada, entries, globex, olga, person, resultOf, ruleOf, vic } from '../support/world.ts';
import { bob, type CatalogWorld, openCatalogWorld, publish, published, type Shape, upload, uploadBundle } from './catalog-world.ts';

let world: CatalogWorld;
beforeAll(async () => {
  world = await openCatalogWorld();
});
afterEach(() => {
  world.verifier.answer = { failed: [] };
  world.verifier.before = async () => undefined;
});
afterAll(() => world.close());

let releases = 0;
/** A release that no other test has. */
const fresh = (): string => {
  releases += 1;
  return `v3.0.${releases}`;
};
const rows = async (release: string) =>
  (await query(world.ownerUrl, 'select number, verdict, missing from evidence_bundle where release = $1 order by number', [release])).map(
    ({ number, verdict, missing }) => [number, verdict, missing],
  );
const deltaOf = (manifest: string, number: number, over: Shape = {}): Shape => ({ parent: { manifest, number }, ...over });

describe('a bundle is published', () => {
  test('once all of it was looked at, and the ledger has it under its digest and its release', async () => {
    const release = fresh();
    const outcome = await publish(world, { release });
    const { manifest } = resultOf(outcome);
    expect(resultOf(outcome)).toEqual({ manifest, release, verdict: 'PASSED', first: true });
    expect(world.verifier.asked.at(-1)).toEqual({
      tenant: 'acme',
      files: ['contract.json', 'item.txt', 'manifest.json', 'manifest.sigstore.json', 'verdict.json'],
      parents: [],
      previous: false,
    });
    const [entry] = (await entries(world, 'evidence.publish')).slice(-1);
    expect(entry).toMatchObject({
      subject: `evidence:${manifest}`,
      data: { effect: { manifest, release, number: 0, parent: null, verdict: 'PASSED', missing: [], first: true } },
    });
    const about = await query(world.ownerUrl, 'select subject from ledger_subject where seq = $1 and tenant = $2 order by 1', [
      entry?.['seq'],
      acme,
    ]);
    expect(about.map(({ subject }) => subject)).toEqual([`evidence:${manifest}`, `release:${release}`]);
  });

  test('also when something is missing: a delta can mend it', async () => {
    const release = fresh();
    const requirements = [
      { id: 'junit', outcome: 'met' },
      { id: 'chaos', outcome: 'missing' },
    ];
    const first = await published(world, { release, requirements });
    await published(world, { release, ...deltaOf(first, 1), extra: 'more' });
    expect(await rows(release)).toEqual([
      [0, 'FAILED', 1],
      [1, 'PASSED', 0],
    ]);
    expect(world.verifier.asked.at(-1)?.parents).toEqual([
      ['contract.json', 'item.txt', 'manifest.json', 'manifest.sigstore.json', 'verdict.json'],
    ]);
  });

  test('once, however often it is called for', async () => {
    const release = fresh();
    const bundle = await uploadBundle(world, { release });
    const outcomes = await Promise.all([1, 2, 3].map(() => world.govern('evidence.publish', bob, bundle)));
    expect(outcomes.map((outcome) => resultOf(outcome)['first']).toSorted()).toEqual([false, false, true]);
    expect(await rows(release)).toEqual([[0, 'PASSED', 0]]);
  });

  test('and takes the signatures that it does not have yet, when it is called for again', async () => {
    const bundle = await uploadBundle(world, { release: fresh() });
    resultOf(await world.govern('evidence.publish', bob, bundle));
    const further = { name: 'manifest.2.sigstore.json', digest: await upload(world, Buffer.from('a further one')) };
    const signatures = [...bundle.signatures, further];
    expect(resultOf(await world.govern('evidence.publish', bob, { ...bundle, signatures }))['first']).toBe(false);
    const kept = await query(
      world.ownerUrl,
      `select name, digest from evidence_bundle_file where manifest = $1 and kind is null and name <> 'manifest.json' order by name`,
      [bundle.manifest],
    );
    expect(kept).toEqual([further, ...bundle.signatures]);
    expect((await entries(world, 'evidence.publish')).at(-1)).toMatchObject({ data: { effect: { first: false, added: [further.name] } } });
  });

  test('and looked at once, however many call', async () => {
    const bundle = await uploadBundle(world, { release: fresh() });
    const before = world.verifier.asked.length;
    await Promise.all([1, 2, 3, 4].map(() => world.govern('evidence.publish', bob, bundle)));
    await world.govern('evidence.publish', bob, bundle);
    expect(world.verifier.asked.length - before).toBe(1);
  });

  test('with the release before at hand, where that is published', async () => {
    const before = await published(world, { release: fresh() });
    await published(world, { release: fresh(), prevManifest: before });
    expect(world.verifier.asked.at(-1)?.previous).toBe(true);
    await published(world, { release: fresh(), prevManifest: `sha256:${'00'.repeat(32)}` });
    expect(world.verifier.asked.at(-1)?.previous).toBe(false);
  });
});

describe('a bundle is refused', () => {
  test('that does not verify, by the names of the checks', async () => {
    const release = fresh();
    world.verifier.answer = { failed: ['manifest.signature', 'artifact.digest'] };
    const outcome = await publish(world, { release });
    expect([ruleOf(outcome), outcome.decision.explanation]).toEqual([
      'DENY evidence.verified',
      'the bundle does not verify: manifest.signature, artifact.digest',
    ]);
    expect(await rows(release)).toEqual([]);
    world.verifier.answer = { failed: [] };
    resultOf(await publish(world, { release })); // a failure is not remembered
  });

  test('whose signature is published with other contents: what is published stays', async () => {
    const bundle = await uploadBundle(world, { release: fresh() });
    resultOf(await world.govern('evidence.publish', bob, bundle));
    const signatures = [{ name: 'manifest.sigstore.json', digest: await upload(world, Buffer.from('another main one')) }];
    expect(await codeOf(world.govern('evidence.publish', bob, { ...bundle, signatures }))).toBe('evidence.published_otherwise');
  });

  test('that nobody signed who is trusted, without being looked at further', async () => {
    world.verifier.signed = { failed: ['manifest.signature'] };
    const before = world.verifier.asked.length;
    const outcome = await publish(world, { release: fresh() });
    expect([ruleOf(outcome), outcome.decision.explanation]).toEqual([
      'DENY evidence.verified',
      'the bundle does not verify: manifest.signature',
    ]);
    expect(world.verifier.asked.length).toBe(before);
    world.verifier.signed = { failed: [] };
  });

  test('whose manifest lists itself, a signature, or a name twice', async () => {
    for (const names of [['manifest.json'], ['manifest.sigstore.json'], ['a.txt', 'a.txt']]) {
      const files = names.map((name) => ({ name, kind: 'file', sha256: '00'.repeat(32), size: 1, mediaType: 'text/plain' }));
      const outcome = await world.govern('evidence.publish', bob, await uploadBundle(world, { release: fresh(), files }));
      expect(outcome.decision.explanation).toBe('the bundle does not verify: manifest.form');
    }
  });

  test('whose manifest is none, without being looked at further', async () => {
    const manifest = await upload(world, Buffer.from('{"format":1}\n'));
    const before = world.verifier.asked.length;
    const outcome = await world.govern('evidence.publish', bob, { manifest, signatures: [] });
    expect([ruleOf(outcome), outcome.decision.explanation]).toEqual([
      'DENY evidence.verified',
      'the bundle does not verify: manifest.form',
    ]);
    expect(world.verifier.asked.length).toBe(before);
  });

  test('whose manifest was not uploaded', async () => {
    const manifest = `sha256:${'11'.repeat(32)}`;
    expect(ruleOf(await world.govern('evidence.publish', bob, { manifest, signatures: [] }))).toBe('DENY core.resource_known');
  });

  test('that is an old delta, published once more', async () => {
    const release = fresh();
    const root = await uploadBundle(world, { release });
    resultOf(await world.govern('evidence.publish', bob, root));
    const delta = await uploadBundle(world, { release, ...deltaOf(root.manifest, 1), extra: 'one' });
    resultOf(await world.govern('evidence.publish', bob, delta));
    const newest = await published(world, { release, ...deltaOf(delta.manifest, 2), extra: 'two' });
    for (const old of [root, delta]) {
      const outcome = await world.govern('evidence.publish', bob, old);
      expect(ruleOf(outcome)).toBe('DENY evidence.extends_newest');
      expect(outcome.decision.explanation).toContain(newest);
    }
    expect(await rows(release)).toHaveLength(3);
  });

  test('that begins a release anew, or continues none', async () => {
    const release = fresh();
    await published(world, { release });
    expect(ruleOf(await publish(world, { release, extra: 'another beginning' }))).toBe('DENY evidence.extends_newest');
    expect(ruleOf(await publish(world, { release: fresh(), ...deltaOf(`sha256:${'22'.repeat(32)}`, 1) }))).toBe(
      'DENY evidence.extends_newest',
    );
  });

  test('of two deltas of one bundle that race, one', async () => {
    const release = fresh();
    const root = await published(world, { release });
    const deltas = await Promise.all(['a', 'b'].map((extra) => uploadBundle(world, { release, ...deltaOf(root, 1), extra })));
    const outcomes = await Promise.all(deltas.map((delta) => world.govern('evidence.publish', bob, delta)));
    expect(outcomes.map(ruleOf).toSorted()).toEqual(['ALLOW evidence.role_grant', 'DENY evidence.extends_newest']);
    expect(await rows(release)).toHaveLength(2);
  });

  test.each([
    ['an auditor', ada, 'DENY default.no_grant'],
    ['a viewer', vic, 'DENY policy.masked'],
  ])('of %s, without being looked at', async (_who, by, rule) => {
    const bundle = await uploadBundle(world, { release: fresh() });
    const before = world.verifier.asked.length;
    expect(ruleOf(await world.govern('evidence.publish', by, bundle))).toBe(rule);
    expect(world.verifier.asked.length).toBe(before);
  });

  test.each([
    { manifest: 'sha256:00' },
    { signatures: [{ name: 'manifest.json', digest: `sha256:${'00'.repeat(32)}` }] },
    { signatures: [{ name: '../a.sigstore.json', digest: `sha256:${'00'.repeat(32)}` }] },
  ])('that is named as %j', async (over) => {
    const named = { manifest: `sha256:${'00'.repeat(32)}`, signatures: [], ...over };
    expect(await codeOf(world.govern('evidence.publish', bob, named))).toBe('govern.invalid_arguments');
  });
});

describe('while a bundle is looked at', () => {
  test('others of its tenant wait, up to a few; another tenant is not kept waiting for them', async () => {
    const go = gate();
    world.verifier.before = async (tenant) => (tenant === 'acme' ? go.opened : undefined);
    const bundles = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((n) => uploadBundle(world, { release: fresh(), extra: `queue ${n}` })));
    const theirs = person('bot_theirs', ['release-bot'], { tenant: globex, purposes: ['release'] });
    const other = await uploadBundle(world, { release: fresh(), extra: 'theirs' }, theirs);
    const calls = bundles.map((bundle) => world.govern('evidence.publish', bob, bundle).then(ruleOf, (error) => error.code));
    expect(await Promise.race(calls)).toBe('evidence.busy');
    resultOf(await world.govern('evidence.publish', theirs, other));
    go.open();
    expect((await Promise.all(calls)).toSorted()).toEqual([...Array(6).fill('ALLOW evidence.role_grant'), 'evidence.busy']);
  });

  test('callers of one bundle that come together count one by one: each holds a place that others need', async () => {
    const go = gate();
    world.verifier.before = () => go.opened;
    const bundle = await uploadBundle(world, { release: fresh(), extra: 'all at once' });
    const calls = Array.from({ length: 7 }, () => world.govern('evidence.publish', bob, bundle).then(ruleOf, (error) => error.code));
    expect(await Promise.race(calls)).toBe('evidence.busy');
    go.open();
    expect((await Promise.all(calls)).toSorted()).toEqual([...Array(6).fill('ALLOW evidence.role_grant'), 'evidence.busy']);
  });

  test('a file of it goes: it is not published', async () => {
    const release = fresh();
    const bundle = await uploadBundle(world, { release });
    const [looking, go] = [gate(), gate()];
    world.verifier.before = async () => {
      looking.open();
      await go.opened;
    };
    const calling = codeOf(world.govern('evidence.publish', bob, bundle));
    await looking.opened;
    await query(world.ownerUrl, 'delete from evidence_file where digest = $1', [bundle.signatures[0]?.digest]);
    go.open();
    expect(await calling).toBe('evidence.changed_meanwhile');
    expect(await rows(release)).toEqual([]);
  });

  test('its bytes turn out to be others: a check failed', async () => {
    const bundle = await uploadBundle(world, { release: fresh(), extra: 'to be damaged' });
    await query(
      world.ownerUrl,
      `update evidence_chunk set bytes = 'Xo be damaged' where blob = (select blob from evidence_file where digest = $1)`,
      [digestOf(Buffer.from('to be damaged'))],
    );
    const outcome = await world.govern('evidence.publish', bob, bundle);
    expect(outcome.decision.explanation).toBe('the bundle does not verify: artifact.digest');
  });
});

describe('another tenant', () => {
  const theirs = (roles: Parameters<typeof person>[1]) => person('bot_bob', roles, { tenant: globex, purposes: ['release'] });

  test('sees none of it: a digest that it knows is a digest that nobody has', async () => {
    const release = fresh();
    const bundle = await uploadBundle(world, { release });
    resultOf(await world.govern('evidence.publish', bob, bundle));
    const stranger = theirs(['release-bot', 'org-admin']);
    const known = await world.govern('evidence.publish', stranger, bundle);
    const unheardOf = await world.govern('evidence.publish', stranger, { manifest: `sha256:${'33'.repeat(32)}`, signatures: [] });
    expect([ruleOf(known), ruleOf(unheardOf)]).toEqual(['DENY core.resource_known', 'DENY core.resource_known']);
    const upload = await world.govern('evidence.upload', stranger, { digest: bundle.manifest, size: 10 });
    expect(resultOf(upload)['blob']).toMatch(/^blb_/); // it has to be sent again
    expect(ruleOf(await world.govern('evidence.download', stranger, { manifest: bundle.manifest, name: 'item.txt' }))).toBe(
      'DENY core.resource_known',
    );
    expect(resultOf(await world.govern('evidence.list', stranger, { release }))).toEqual({ nodes: [], hasNextPage: false });
    expect(ruleOf(await world.govern('evidence.promote', stranger, { release, environment: 'production' }))).toBe(
      'DENY evidence.published',
    );
  });

  test('has a release of the same name for itself', async () => {
    const release = fresh();
    await published(world, { release });
    const stranger = theirs(['release-bot']);
    expect(await published(world, { release }, stranger)).toMatch(/^sha256:/);
    expect(world.verifier.asked.at(-1)?.tenant).toBe('globex');
    resultOf(
      await world.govern('evidence.waive', person('usr_o', ['org-admin'], { tenant: globex }), {
        release,
        requirement: 'chaos',
        reason: 'not of your business',
        expiresAt: '2026-03-09T12:00:00.000Z',
      }),
    );
    resultOf(await world.govern('evidence.built', olga, { release, kind: 'standard', content: `sha256:${'00'.repeat(32)}` }));
  });
});
