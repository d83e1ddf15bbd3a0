import { readPublicKey } from './public-key.ts';
import type { Signers } from './signers.ts';

/** Trusts the keys in these files, without end, and nobody else. @throws EvidenceVerifyError */
export function signersOfKeys(files: readonly string[]): Signers {
  const keys = files.map((file) => {
    const { hint, key } = readPublicKey(file);
    return [hint, { key, file, validUntil: null, revoked: null }] as const;
  });
  return { keys: new Map(keys), identities: [], root: null };
}
