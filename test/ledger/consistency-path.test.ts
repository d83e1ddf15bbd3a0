import { expect, test } from 'vitest';
import { emptyRoot } from '../../src/ledger/frontier.ts';
import { consistencyPath, type NodeReader } from '../../src/ledger/proof.ts';
import { isConsistent } from '../../src/ledger/verify/index.ts';
import { codeOf } from '../support/errors.ts';
import { naiveConsistency, naiveRoot, someLeaves } from './naive-tree.ts';

const leaves = someLeaves(130);
const treeOf = (size: number) => ({ size, root: naiveRoot(leaves.slice(0, size)) });
const read: NodeReader = async (height, index) => naiveRoot(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height));
const hex = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'));

test('the writer’s proof is that of RFC 6962 for every two sizes up to 40, and the verifier takes all but those from nothing', async () => {
  for (let to = 0; to <= 40; to += 1) {
    for (let from = 0; from <= to; from += 1) {
      const proof = await consistencyPath(from, to, read);
      expect([from, to, hex(proof)]).toEqual([from, to, hex(naiveConsistency(from, leaves.slice(0, to)))]);
      expect([from, to, isConsistent(treeOf(from), treeOf(to), proof)]).toEqual([from, to, from > 0]);
    }
  }
});

test.each([
  [1, 130],
  [64, 130],
  [100, 129],
  [127, 128],
  [128, 130],
])('from %i to %i', async (from, to) => {
  const proof = await consistencyPath(from, to, read);
  expect(hex(proof)).toEqual(hex(naiveConsistency(from, leaves.slice(0, to))));
  expect(isConsistent(treeOf(from), treeOf(to), proof)).toBe(true);
});

test('nothing else is taken: not one proof with a bit, a hash, a size or a root changed', async () => {
  for (let to = 2; to <= 20; to += 1) {
    for (let from = 1; from < to; from += 1) {
      const proof = naiveConsistency(from, leaves.slice(0, to));
      const [a, b] = [treeOf(from), treeOf(to)];
      const flipped = proof.map((_, at) =>
        proof.map((hash, n) => (n === at ? Buffer.from(hash.map((byte, i) => (i === 7 ? byte ^ 1 : byte))) : hash)),
      );
      const wrong: boolean[] = [
        ...flipped.map((changed) => isConsistent(a, b, changed)),
        ...proof.map((_, at) => isConsistent(a, b, proof.toSpliced(at, 1))),
        ...proof.map((hash, at) => isConsistent(a, b, proof.toSpliced(at, 0, hash))),
        isConsistent(a, b, [...proof, Buffer.alloc(32)]),
        isConsistent(a, { ...b, root: emptyRoot }, proof),
        isConsistent({ ...a, root: emptyRoot }, b, proof),
        isConsistent(a, { ...b, root: a.root }, proof),
        isConsistent(b, a, proof),
      ];
      expect([from, to, wrong.filter(Boolean).length]).toEqual([from, to, 0]);
    }
  }
});

test('of one size no proof is taken but the empty one, and of nothing none', () => {
  const [seven, forged] = [treeOf(7), { size: 7, root: emptyRoot }];
  expect([isConsistent(seven, seven, []), isConsistent(seven, forged, []), isConsistent(seven, seven, [emptyRoot])]).toEqual([
    true,
    false,
    false,
  ]);
  const nothing = { size: 0, root: emptyRoot };
  expect([isConsistent(nothing, seven, []), isConsistent(nothing, seven, [emptyRoot])]).toEqual([false, false]);
});

test('sizes beyond 2^32 are halved, not cut', async () => {
  const node = Buffer.alloc(32, 7);
  const proof = await consistencyPath(2 ** 40 + 3, 2 ** 45 + 5, async () => node);
  const roots = (size: number) => ({ size, root: node });
  expect([proof.length, isConsistent(roots(2 ** 40 + 3), roots(2 ** 45 + 5), proof)]).toEqual([47, false]);
});

test.each([
  [3, 2],
  [-1, 2],
  [0.5, 2],
  [1, 2 ** 53],
])('there is no proof from %d to %d', async (from, to) => {
  expect(await codeOf(consistencyPath(from, to, read))).toBe('ledger.out_of_range');
});
