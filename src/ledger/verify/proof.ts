import { isJsonObject, parseCanonical } from '../../core/index.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { VerifyError } from './errors.ts';
import { hashLeaf, rootFromPath } from './tree.ts';

/** A receipt with its proof, as GraphQL answers it and bundles carry it. Hashes in lower-case hex. */
export type ProofFile = { readonly leaf: string; readonly seq: number; readonly path: readonly string[]; readonly checkpoint: string };

/**
 * Checks that an entry is in the log that a checkpoint commits to, offline.
 *
 * @param verifierKey the log's key as it was handed over earlier, not the one that came with the proof
 * @returns the entry, parsed
 * @throws VerifyError
 */
export function verifyProof(proof: ProofFile, verifierKey: string): { readonly [key: string]: unknown } {
  const checkpoint = verifyCheckpoint(proof.checkpoint, verifierKey);
  const body = Buffer.from(proof.leaf, 'utf8');
  const root = rootFromPath(hashLeaf(body), proof.seq, checkpoint.size, proof.path.map(parseHash));
  if (root === undefined || !root.equals(checkpoint.root)) {
    throw new VerifyError(
      'verify.proof_invalid',
      `entry ${proof.seq} is not in the log of \`${checkpoint.origin}\` at size ${checkpoint.size}`,
    );
  }
  const entry = parseCanonical(body);
  if (!isJsonObject(entry) || entry['seq'] !== proof.seq) {
    throw new VerifyError(
      'verify.proof_invalid',
      `the entry proven at ${proof.seq} says it is ${isJsonObject(entry) ? entry['seq'] : 'no entry'}`,
    );
  }
  return entry;
}

function parseHash(hex: string): Buffer {
  if (/^[0-9a-f]{64}$/.test(hex)) return Buffer.from(hex, 'hex');
  throw new VerifyError('verify.proof_malformed', `\`${hex.slice(0, 80)}\` is not a SHA-256 hash in hex`);
}
