import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { verifyBundle } from '../../src/evidence/verify/index.ts';
import { proofsFromExport } from '../../src/ledger/index.ts';
import { verifyProof } from '../../src/ledger/verify/index.ts';
import { decision, logKey, readJson, temporaryFolder, writeExport, writeSigned } from './fixture.ts';

const root = temporaryFolder();
afterAll(() => root.remove());

describe('proofs from an export', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33])('prove every entry of a log of %i', async (size) => {
    const data = Array.from({ length: size }, (_, index) => ({ index, separator: '\u2028' }));
    const folder = writeExport(join(root.path, `size-${size}`), data);
    const seqs = data.map((item) => item.index);
    const proofs = await proofsFromExport(folder, seqs);
    expect(proofs.map((proof) => verifyProof(proof, logKey)['data'])).toEqual(data);
    expect(proofs.map((proof) => proof.seq)).toEqual(seqs);
  });

  it('gives none for an entry that is not there', async () => {
    const folder = writeExport(join(root.path, 'short'), [{ a: 1 }]);
    await expect(proofsFromExport(folder, [1])).rejects.toMatchObject({ code: 'ledger.out_of_range' });
  });
});

describe('of more than 1,000 decisions', () => {
  it('a sample of 1,000 is proven that the root draws, and the rest is said to be unproven', async () => {
    const data = Array.from({ length: 1_100 }, (_, index) => ({ decision: decision(index) }));
    const { folder, publicKeyFile } = await writeSigned(join(root.path, 'many'), {}, data);
    const { root: drawnBy } = readJson(join(folder, 'manifest.json')).ledger;
    const { proofs }: { proofs: { seq: number }[] } = readJson(join(folder, 'ledger-proofs.json'));
    const rank = (seq: number) => createHash('sha256').update(`${drawnBy}${seq}`).digest('hex');
    const unproven = [...data.keys()].filter((seq) => !proofs.some((proof) => proof.seq === seq));
    const proven = proofs.map((proof) => proof.seq);
    expect(proven).toHaveLength(1_000);
    expect([proven[0], proven.at(-1)]).toEqual([0, 1_099]);
    const lowestUnproven = unproven.map(rank).toSorted()[0] ?? '';
    expect(proven.slice(1, -1).every((seq) => rank(seq) < lowestUnproven)).toBe(true);

    const report = verifyBundle({ folder, keyFile: publicKeyFile });
    expect(report.ok).toBe(true);
    expect(report.checks.at(-1)?.detail).toBe('1000 of 1100 lines; for the others only the signature vouches');
    expect(readFileSync(join(folder, 'decision-log.jsonl'), 'utf8').split('\n')).toHaveLength(1_101);
  });
});
