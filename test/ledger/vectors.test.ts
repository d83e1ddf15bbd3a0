import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { rootFromPath } from '../../src/ledger/verify/tree.ts';

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
