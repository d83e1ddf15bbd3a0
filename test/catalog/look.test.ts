import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/index.ts';
import { codeOf } from '../support/errors.ts';
import { ada, entries, noon, resultOf, ruleOf, sam, vic } from '../support/world.ts';
import { bob, bundleFiles, type CatalogWorld, openCatalogWorld, published } from './catalog-world.ts';

let world: CatalogWorld;
let manifests: readonly [string, string, string, string];
const deltaShape = (manifest: string) => ({ release: 'v1.0.2', parent: { manifest, number: 1 }, extra: 'more' });
beforeAll(async () => {
  world = await openCatalogWorld();
  const [a, b, c] = [
    await published(world, { release: 'v1.0.0' }),
    await published(world, { release: 'v1.0.1' }),
    await published(world, { release: 'v1.0.2' }),
  ];
  manifests = [a, b, c, await published(world, deltaShape(c))];
  resultOf(await world.govern('evidence.promote', bob, { release: 'v1.0.1', environment: 'production' }));
});
afterAll(() => world.close());

const list = async (args: object, by = ada) => resultOf(await world.govern('evidence.list', by, args));
const nodes = ({ nodes: found }: JsonObject): { cursor: string; node: JsonObject }[] => Object(found);

describe('releases are listed', () => {
  test('the newest first, each with the bundle that speaks for it and where it runs', async () => {
    const found = nodes(await list({}));
    expect(found.map(({ node }) => [node['release'], Object(node['newest']).manifest, Object(node['newest']).number])).toEqual([
      ['v1.0.2', manifests[3], 1],
      ['v1.0.1', manifests[1], 0],
      ['v1.0.0', manifests[0], 0],
    ]);
    expect(found.map(({ node }) => node['current'])).toEqual([
      [],
      [{ environment: 'production', release: 'v1.0.1', manifest: manifests[1], promotedBy: 'bot_bob', promotedAt: noon }],
      [],
    ]);
  });

  test('in pages that stand still', async () => {
    const first = await list({ first: 2 });
    expect([nodes(first).map(({ node }) => node['release']), first['hasNextPage']]).toEqual([['v1.0.2', 'v1.0.1'], true]);
    const rest = await list({ first: 2, after: nodes(first).at(-1)?.cursor });
    expect([nodes(rest).map(({ node }) => node['release']), rest['hasNextPage']]).toEqual([['v1.0.0'], false]);
  });

  test('to a decision that the ledger has, with what was asked for', async () => {
    await list({ release: 'v1.0.2', first: 5 }, sam);
    expect((await entries(world, 'evidence.list')).at(-1)).toMatchObject({
      subject: 'evidence:acme',
      actor: { id: 'usr_sam' },
      data: { effect: { release: 'v1.0.2', bundles: 2, after: null } },
    });
    expect(ruleOf(await world.govern('evidence.list', vic, {}))).toBe('DENY policy.masked');
  });

  test.each([{ first: 0 }, { first: 101 }, { release: 'main' }, { more: 1 }])('not by %j', async (args) => {
    expect(await codeOf(world.govern('evidence.list', ada, args))).toBe('govern.invalid_arguments');
  });

  test.each(['x', '-1', '1.5', '01', '9'.repeat(20)])('not after `%s`', async (after) => {
    expect(await codeOf(world.govern('evidence.list', ada, { after }))).toBe('evidence.cursor_malformed');
  });
});

test('bundles of a release are listed, the newest first, with all that they show', async () => {
  const found = nodes(await list({ release: 'v1.0.2' }));
  expect(found.map(({ cursor, node }) => [cursor, node['manifest'], node['parent']])).toEqual([
    ['1', manifests[3], manifests[2]],
    ['0', manifests[2], null],
  ]);
  const { files } = bundleFiles(deltaShape(manifests[2]));
  expect(found[0]?.node).toMatchObject({
    release: 'v1.0.2',
    kind: 'standard',
    verdict: 'PASSED',
    missing: [],
    requirements: [{ id: 'junit', outcome: 'met', detail: 'junit is so', obtain: 'make junit', waiver: null }],
    publishedBy: 'bot_bob',
    publishedAt: noon,
  });
  expect(Object(found[0]?.node['files']).map(({ name, kind }: { name: string; kind: string }) => [name, kind])).toEqual([
    ['contract.json', 'contract'],
    ['item.txt', 'file'],
    ['manifest.json', null],
    ['manifest.sigstore.json', null],
    ['verdict.json', 'verdict'],
  ]);
  expect(files.size).toBe(3);
  expect(nodes(await list({ release: 'v1.0.2', after: '1' })).map(({ cursor }) => cursor)).toEqual(['0']);
  expect(nodes(await list({ release: 'v9.9.9' }))).toEqual([]);
});

describe('a download', () => {
  const download = (name: string, by = ada, manifest = manifests[0]) => world.govern('evidence.download', by, { manifest, name });

  test('is decided on, and the ledger says who took what', async () => {
    const { size } = Object(resultOf(await download('item.txt')));
    expect(size).toBe(1);
    expect((await entries(world, 'evidence.download')).at(-1)).toMatchObject({
      subject: `evidence:${manifests[0]}`,
      actor: { id: 'usr_ada' },
      data: { decision: { result: 'ALLOW' }, effect: { manifest: manifests[0], name: 'item.txt', size: 1 } },
    });
  });

  test('is not for those who only look on', async () => {
    expect(ruleOf(await download('item.txt', vic))).toBe('DENY policy.masked');
  });

  test('of what is not there is one of what does not exist', async () => {
    expect(ruleOf(await download('other.txt'))).toBe('DENY core.resource_known');
    expect(ruleOf(await download('item.txt', ada, `sha256:${'00'.repeat(32)}`))).toBe('DENY core.resource_known');
    expect(await codeOf(download('../item.txt'))).toBe('govern.invalid_arguments');
  });
});
