import { describe, expect, test } from 'vitest';
import { emptyRoot, Frontier } from '../../src/ledger/frontier.ts';
import { leafHash } from '../../src/ledger/leaf.ts';
import { inclusionPath } from '../../src/ledger/proof.ts';
import { appendToTiles, nodesFromTiles, type Tile, type TileReader } from '../../src/ledger/tiles.ts';
import { CompactRange } from '../../src/ledger/verify/range.ts';
import { hashLeaf, rootFromPath } from '../../src/ledger/verify/tree.ts';
import { codeOf } from '../support/errors.ts';
import { naiveNode, naivePath, naiveRoot, someLeaves } from './naive-tree.ts';

const latin1 = (hash: Uint8Array) => Buffer.from(hash).toString('latin1');

/** The verifier's tree, a leaf at a time. */
function rootBuilder() {
  const range = new CompactRange();
  let size = 0;
  return {
    add: (leaf: Buffer) => {
      range.add(0, size, latin1(leaf));
      size += 1;
    },
    root: () => Buffer.from(range.root(), 'latin1'),
  };
}

const hex = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString('hex'));

test('known answers: the empty tree and the empty leaf, by the writer and by the verifier', () => {
  const emptyTree = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect([hex(emptyRoot), hex(Frontier.empty().root()), hex(rootBuilder().root())]).toEqual([emptyTree, emptyTree, emptyTree]);
  const emptyLeaf = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d';
  expect([hex(leafHash(Buffer.alloc(0))), hex(hashLeaf(Buffer.alloc(0)))]).toEqual([emptyLeaf, emptyLeaf]);
});

test('known answers: the roots of the eight leaves that the Certificate Transparency code tests with', () => {
  const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const frontier = Frontier.empty();
  const roots = leaves.map((leaf) => {
    frontier.append(leafHash(Buffer.from(leaf, 'hex')));
    return hex(frontier.root());
  });
  expect(roots).toEqual([
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ]);
});

test('frontier and verifier agree with the definition for every size up to 300', () => {
  const leaves = someLeaves(300);
  const frontier = Frontier.empty();
  const builder = rootBuilder();
  for (let size = 0; size <= 300; size += 1) {
    const root = hex(naiveRoot(leaves.slice(0, size)));
    expect([size, frontier.size, hex(frontier.root()), hex(builder.root())]).toEqual([size, size, root, root]);
    const again = Frontier.decode(size, frontier.encode());
    expect(hex(again.root())).toBe(root);
    const leaf = leaves[size];
    if (leaf !== undefined) {
      frontier.append(leaf);
      builder.add(leaf);
    }
  }
});

test('a frontier read back goes on as if it had never been written', () => {
  const leaves = someLeaves(130);
  let frontier = Frontier.empty();
  for (const leaf of leaves) {
    frontier = Frontier.decode(frontier.size, frontier.encode());
    frontier.append(leaf);
  }
  expect([frontier.size, frontier.encode().length, hex(frontier.root())]).toEqual([130, 2 * 32, hex(naiveRoot(leaves))]);
});

/** A store of tiles in memory that refuses what the real one cannot do: to read what was never written. */
function tileStore() {
  const tiles = new Map<string, Buffer>();
  const read: TileReader = async (level, index) => {
    const hashes = tiles.get(`${level}/${index}`);
    if (hashes === undefined) throw new Error(`no tile ${level}/${index}`);
    return hashes;
  };
  const write = (written: readonly Tile[]) => {
    for (const { level, index, hashes } of written) tiles.set(`${level}/${index}`, Buffer.from(hashes));
  };
  return { tiles, read, write };
}

async function tilesIn(leaves: readonly Buffer[], nextBatch: () => number) {
  const store = tileStore();
  for (let size = 0; size < leaves.length; ) {
    const batch = leaves.slice(size, size + nextBatch());
    store.write(await appendToTiles(size, batch, store.read));
    size += batch.length;
  }
  return store;
}

/** Numbers that look random and are the same in every run (a linear congruential generator). */
function numbers(seed: number): (below: number) => number {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn;
    return Number((state >> 33n) % BigInt(below));
  };
}

describe('tiles', () => {
  /** C2SP tlog-tiles, by the definition: tile n of level l holds at i the root of 256^l leaves from (256·n + i)·256^l on. */
  function expectedTiles(leaves: readonly Buffer[]): Map<string, string> {
    const expected = new Map<string, string>();
    let level = leaves;
    for (let number = 0; level.length > 0; number += 1) {
      for (let at = 0; at < level.length; at += 256)
        expected.set(`${number}/${at / 256}`, Buffer.concat(level.slice(at, at + 256)).toString('hex'));
      const full = Math.floor(level.length / 256);
      const below = level;
      level = Array.from({ length: full }, (_, n) => naiveRoot(below.slice(n * 256, (n + 1) * 256)));
    }
    return expected;
  }

  const large = someLeaves(70_003);
  const asHex = (tiles: Map<string, Buffer>) => new Map([...tiles].map(([name, hashes]) => [name, hashes.toString('hex')]));

  test.each([1, 2, 3])(
    '70,003 leaves in batches of many sizes (series %i) make the tiles of the definition, on three levels',
    async (seed) => {
      const next = numbers(seed);
      const sizes = [1, 2, 255, 256, 257, 511, 512, 1_000, 3_000];
      const { tiles } = await tilesIn(large, () => (next(3) === 0 ? (sizes[next(sizes.length)] ?? 1) : 1 + next(2_000)));
      const expected = expectedTiles(large);
      expect(asHex(tiles)).toEqual(expected);
      expect([...expected.keys()].filter((name) => !name.startsWith('0/'))).toEqual(['1/0', '1/1', '2/0']);
    },
  );

  test('so do batches of one, over the borders of two tiles', async () => {
    const leaves = large.slice(0, 1_030);
    const { tiles } = await tilesIn(leaves, () => 1);
    expect(asHex(tiles)).toEqual(expectedTiles(leaves));
  });

  test('one batch of a whole level does not leave an empty tile behind', async () => {
    const { tiles } = await tilesIn(large.slice(0, 65_536), () => 65_536);
    expect(asHex(tiles)).toEqual(expectedTiles(large.slice(0, 65_536)));
  });

  test.each([1, 2, 3, 7, 255, 256, 257, 300, 513])(
    'the path of every leaf in a tree of %i is that of the definition and leads to the root',
    async (size) => {
      const leaves = large.slice(0, size);
      const store = await tilesIn(leaves, () => 100);
      const root = hex(naiveRoot(leaves));
      for (const [index, leaf] of leaves.entries()) {
        const path = await inclusionPath(index, size, nodesFromTiles(store.read));
        expect([index, hex(rootFromPath(leaf, index, size, path))]).toEqual([index, root]);
        if (size < 260 || index % 37 === 0) expect(path.map(hex)).toEqual(naivePath(index, leaves).map(hex));
      }
    },
  );

  test('so do paths at smaller sizes than the store has grown to, and over three levels', async () => {
    const store = await tilesIn(large, () => 1_000);
    for (const size of [65_535, 65_536, 65_537, 66_000, 70_003]) {
      const tree = rootBuilder();
      for (const leaf of large.slice(0, size)) tree.add(leaf);
      for (const index of [0, 1, 255, 256, 32_768, 65_534, size - 1]) {
        const path = await inclusionPath(index, size, nodesFromTiles(store.read));
        const leaf = large[index] ?? Buffer.alloc(0);
        expect([size, index, hex(rootFromPath(leaf, index, size, path))]).toEqual([size, index, hex(tree.root())]);
      }
    }
  });

  test.each([
    [-1, 5],
    [5, 5],
    [0, 0],
    [0.5, 5],
    [Number.NaN, 5],
  ])('there is no path for leaf %d in a tree of %i', async (index, size) => {
    const { read } = tileStore();
    expect(await codeOf(inclusionPath(index, size, nodesFromTiles(read)))).toBe('ledger.out_of_range');
  });
});

test('a node is not a leaf: the two are hashed with different prefixes', () => {
  const [left, right] = someLeaves(2);
  if (left === undefined || right === undefined) throw new Error('two leaves');
  expect(hex(leafHash(Buffer.concat([left, right])))).not.toBe(hex(naiveNode(left, right)));
});
