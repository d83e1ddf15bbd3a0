import { verifyCheckpoint } from './checkpoint.ts';
import { VerifyError } from './errors.ts';
import { isConsistent } from './tree.ts';

/** Two checkpoints of a log and what shows that the newer one continues the older. Hashes in lower-case hex, by RFC 9162 §2.1.4. */
export type ConsistencyFile = { readonly before: string; readonly after: string; readonly proof: readonly string[] };

/** Checks that a log was only appended to between two checkpoints, offline. @throws VerifyError */
export function verifyConsistency({ before, after, proof }: ConsistencyFile, verifierKey: string): void {
  const hashes = proof.map((hash) => {
    if (/^[0-9a-f]{64}$/.test(hash)) return Buffer.from(hash, 'hex');
    throw new VerifyError('verify.proof_malformed', `\`${hash.slice(0, 80)}\` is not a SHA-256 hash in hex`);
  });
  const older = verifyCheckpoint(before, verifierKey);
  const newer = verifyCheckpoint(after, verifierKey);
  if (isConsistent(older, newer, hashes)) return;
  throw new VerifyError('verify.proof_invalid', `the log at ${newer.size} entries is not shown to continue the one at ${older.size}`);
}
