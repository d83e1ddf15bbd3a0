import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathOf, segmentFiles } from '../../src/ledger/archive/files.ts';
import { entryBundle, readEntryBundle } from '../../src/ledger/entry-bundle.ts';
import { consistencyPath } from '../../src/ledger/proof.ts';
import { isConsistent } from '../../src/ledger/verify/index.ts';
import { naiveRoot, someLeaves } from './naive-tree.ts';

const MOST = 40;
const leaves = someLeaves(MOST);
const rootOf = (size: number) => naiveRoot(leaves.slice(0, size));
const node = async (height: number, index: number) => naiveRoot(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height));
const prove = (first: number, second: number) => consistencyPath(first, second, node);
const holds = (first: number, second: number, path: readonly Buffer[], roots = [rootOf(first), rootOf(second)] as const) =>
  isConsistent({ size: first, root: roots[0] }, { size: second, root: roots[1] }, path);

/** RFC 6962 §2.1.2, SUBPROOF(m, D[n], b), word by word. */
function naiveProof(m: number, of: readonly Buffer[], known = true): Buffer[] {
  if (m === of.length) return known ? [] : [naiveRoot(of)];
  let k = 1;
  while (k * 2 < of.length) k *= 2;
  return m <= k
    ? [...naiveProof(m, of.slice(0, k), known), naiveRoot(of.slice(k))]
    : [...naiveProof(m - k, of.slice(k), false), naiveRoot(of.slice(0, k))];
}

describe('a consistency proof', () => {
  test(`is RFC 6962's, and holds, for every two sizes up to ${MOST}`, async () => {
    for (let second = 1; second <= MOST; second += 1) {
      for (let first = 1; first <= second; first += 1) {
        const path = await prove(first, second);
        expect(path).toEqual(naiveProof(first, leaves.slice(0, second)));
        expect(holds(first, second, path), `${first} to ${second}`).toBe(true);
      }
    }
  });

  test('that was altered does not hold', async () => {
    for (let second = 2; second <= MOST; second += 1) {
      for (let first = 1; first <= second; first += 1) {
        const path = await prove(first, second);
        const strange = leaves[7] ?? Buffer.alloc(32);
        const bad = [
          [...path, strange],
          path.slice(1),
          path.slice(0, -1),
          ...path.map((_, n) => path.with(n, Buffer.alloc(32))),
          [strange, ...path],
        ].filter((other) => !Buffer.concat(other).equals(Buffer.concat(path)));
        for (const other of bad) expect(holds(first, second, other), `${first} to ${second}`).toBe(false);
        if (first < second) expect(holds(first, second, path, [rootOf(second), rootOf(second)])).toBe(false);
        expect(holds(first, second, path, [rootOf(first), Buffer.alloc(32)])).toBe(false);
      }
    }
    expect([holds(0, 3, []), holds(4, 3, []), holds(3, 4, [])]).toEqual([false, false, false]);
  });
});

describe('the files of a segment', () => {
  test('have the names of C2SP tlog-tiles', () => {
    expect(
      [
        { kind: 'entries' as const, index: 0 },
        { kind: 'entries' as const, index: 1_234_067 },
        { kind: 'tile' as const, level: 0, index: 999, width: 256 },
        { kind: 'tile' as const, level: 2, index: 1_000, width: 7 },
      ].map(pathOf),
    ).toEqual(['tile/entries/000', 'tile/entries/x001/x234/067', 'tile/0/999', 'tile/2/x001/000.p/7']);
  });

  test('are those that the root needs, beside the stretch itself', () => {
    expect([...segmentFiles(131_072, 131_328)].map(pathOf)).toEqual(['tile/entries/512', 'tile/0/512', 'tile/1/002.p/1', 'tile/2/000.p/2']);
    expect([...segmentFiles(65_280, 65_536)].map(pathOf)).toEqual(['tile/entries/255', 'tile/0/255', 'tile/1/000', 'tile/2/000.p/1']);
    expect([...segmentFiles(65_280, 65_792)].map(pathOf)).toEqual([
      'tile/entries/255',
      'tile/entries/256',
      'tile/0/255',
      'tile/0/256',
      'tile/1/000',
      'tile/1/001.p/1',
      'tile/2/000.p/1',
    ]);
  });
});

describe('a bundle', () => {
  test('reads back as it was written', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)));
    fc.assert(
      fc.property(bodies, (list) => {
        expect(readEntryBundle(entryBundle(list))).toEqual(list);
      }),
      { numRuns: 500, seed: 5 },
    );
    expect(readEntryBundle(entryBundle([Buffer.alloc(65_535, 7)]))?.[0]?.length).toBe(65_535);
  });

  test('that ends in the middle of a body or a length is none', () => {
    const bytes = entryBundle([Buffer.from('one'), Buffer.from('two')]);
    for (let end = 0; end < bytes.length; end += 1) {
      expect(readEntryBundle(bytes.subarray(0, end)) === undefined, `${end}`).toBe(end !== 0 && end !== 5);
    }
  });
});
