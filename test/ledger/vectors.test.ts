import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { isConsistent, rootFromPath } from '../../src/ledger/verify/tree.ts';
import { naiveConsistency, naiveRoot, someLeaves } from './naive-tree.ts';

/** The vectors of transparency-dev/merkle; see testdata/merkle/README.md. */
const folder = join(import.meta.dirname, 'testdata', 'merkle', 'inclusion');

type Vector = { leafIdx: number; treeSize: number; root: string; leafHash: string; proof: string[] | null; desc: string; wantErr: boolean };

const vectors = globSync('**/*.json', { cwd: folder })
  .toSorted()
  .map((file): [string, Vector] => [join(basename(dirname(file)), basename(file)), JSON.parse(readFileSync(join(folder, file), 'utf8'))]);

test('all vectors are here', () => {
  const refused = vectors.filter(([, vector]) => vector.wantErr).length;
  expect([vectors.length, refused]).toEqual([98, 92]);
});

test.each(vectors)('inclusion %s', (_file, vector) => {
  const bytes = (base64: string) => Buffer.from(base64, 'base64');
  const root = rootFromPath(bytes(vector.leafHash), vector.leafIdx, vector.treeSize, (vector.proof ?? []).map(bytes));
  expect(root?.equals(bytes(vector.root)) ?? false).toBe(!vector.wantErr);
});

type ConsistencyVector = { size1: number; size2: number; root1: string; root2: string; proof: string[] | null; wantErr: boolean };

/** In the same place and form as the inclusion vectors, where they are: see testdata/merkle/README.md. */
const between = join(import.meta.dirname, 'testdata', 'merkle', 'consistency');
const pairs = globSync('**/*.json', { cwd: between })
  .toSorted()
  .map((file): [string, ConsistencyVector] => [file, JSON.parse(readFileSync(join(between, file), 'utf8'))]);

test('consistency: all vectors, or none', () => {
  const refused = pairs.filter(([, vector]) => vector.wantErr).length;
  expect([
    [0, 0],
    [98, 92],
  ]).toContainEqual([pairs.length, refused]);
  const bytes = (base64: string) => Buffer.from(base64, 'base64');
  for (const [file, vector] of pairs) {
    const tree = (size: number, root: string) => ({ size, root: bytes(root) });
    const proof = (vector.proof ?? []).map(bytes);
    expect([file, isConsistent(tree(vector.size1, vector.root1), tree(vector.size2, vector.root2), proof)]).toEqual([
      file,
      !vector.wantErr,
    ]);
  }
});

test('consistency: the proof by definition is accepted for every two sizes up to 40, and nothing near it', () => {
  const leaves = someLeaves(41);
  const tree = (size: number) => ({ size, root: naiveRoot(leaves.slice(0, size)) });
  const stranger = naiveRoot(leaves.slice(3, 9));
  for (let after = 1; after <= 40; after += 1) {
    for (let before = 1; before <= after; before += 1) {
      const proof = naiveConsistency(before, leaves.slice(0, after));
      expect([before, after, isConsistent(tree(before), tree(after), proof)]).toEqual([before, after, true]);
      const wrong = [
        isConsistent(tree(after), tree(before), proof) && before !== after,
        isConsistent(tree(before), { size: after, root: stranger }, proof),
        isConsistent({ size: before, root: stranger }, tree(after), proof),
        isConsistent(tree(before), tree(after), [...proof, stranger]),
        isConsistent(tree(before), tree(after), [stranger, ...proof]),
        ...proof.map((_, n) => isConsistent(tree(before), tree(after), proof.with(n, stranger))),
        ...proof.map((_, n) => isConsistent(tree(before), tree(after), proof.toSpliced(n, 1))),
        ...proof.map((hash, n) => isConsistent(tree(before), tree(after), proof.with(n, hash.subarray(1)))),
      ];
      expect([before, after, wrong.includes(true)]).toEqual([before, after, false]);
    }
  }
});

test('consistency: of the empty tree nothing is proven', () => {
  const empty = { size: 0, root: naiveRoot([]) };
  expect([isConsistent(empty, empty, []), isConsistent(empty, { size: 1, root: naiveRoot(someLeaves(1)) }, [])]).toEqual([false, false]);
});
