import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ProofFile, verifyProof } from '../../../ledger/verify/index.ts';
import { parseAs, parseDocument } from '../form.ts';
import { ensure } from '../report.ts';
import { type Entry, entryIn } from './entry.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a hash in hex');
const size = z.int().min(0);
const proofs = z.strictObject({
  proofs: z.array(z.strictObject({ leaf: z.string(), seq: size, path: z.array(hash), checkpoint: z.string() })),
  consistency: z.strictObject({ from: z.strictObject({ size, root: hash }), path: z.array(hash) }).nullable(),
});
export type Proofs = z.infer<typeof proofs>;

export function readProofs(bytes: Buffer): Proofs {
  return parseAs(proofs, parseDocument(bytes));
}

/** Checks a proof against the bundle's checkpoint and key. Throws with the reason. */
export function proveEntry(proof: ProofFile, checkpoint: string, key: string): Entry {
  ensure(proof.checkpoint === checkpoint, `the proof of entry ${proof.seq} is for another checkpoint`);
  verifyProof(proof, key);
  return entryIn(proof.leaf, proof.seq, leafHash(proof.leaf));
}

/** RFC 6962 §2.1, in hex. */
function leafHash(leaf: string): string {
  return createHash('sha256').update(Uint8Array.of(0)).update(leaf, 'utf8').digest('hex');
}

/** Of more decisions than this a sample is proven. */
const ALL_PROVEN_UP_TO = 1_000;

/** Everything up to the limit; beyond it the ends and the 998 with the smallest SHA-256(root ‖ seq), both as text. */
export function sampleOf(seqs: readonly number[], root: string): readonly number[] {
  if (seqs.length <= ALL_PROVEN_UP_TO) return seqs;
  const rank = (seq: number) => createHash('sha256').update(`${root}${seq}`).digest('hex');
  const ranked = seqs.slice(1, -1).map((seq) => `${rank(seq)} ${seq}`);
  const drawn = ranked.toSorted().slice(0, ALL_PROVEN_UP_TO - 2);
  return [...seqs.slice(0, 1), ...drawn.map((text) => Number(text.slice(65))), ...seqs.slice(-1)];
}
