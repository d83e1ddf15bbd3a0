import { EvidenceVerifyError } from '../errors.ts';
import { matchesPattern } from './pattern.ts';
import type { IdentityEntry, KeyEntry, SignersEntry } from './policy-schema.ts';
import { readPublicKey } from './public-key.ts';
import type { Signers, TrustedIdentity, TrustedKey } from './signers.ts';
import { readTrustedRoot } from './trusted-root.ts';

/**
 * Reads the keys and the trusted root that a policy names.
 *
 * @param at where a path in the policy leads
 * @throws EvidenceVerifyError
 */
export function signersOfPolicy({ keys, identities, trustedRoot }: SignersEntry, at: (path: string) => string): Signers {
  return {
    keys: readKeys(keys, at),
    // Whoever is named exactly is that signer, also where a pattern would have them.
    identities: [...identities.filter(isExact), ...identities.filter((entry) => !isExact(entry))].map(toIdentity),
    root: trustedRoot === undefined ? null : readTrustedRoot(at(trustedRoot)),
  };
}

function readKeys(entries: readonly KeyEntry[], at: (path: string) => string): Map<string, TrustedKey> {
  const keys = new Map<string, TrustedKey>();
  for (const { file, validUntil = null, revokedAt, reason = '' } of entries) {
    const { hint, key } = readPublicKey(at(file));
    const earlier = keys.get(hint);
    // Which of two entries counts would be a matter of order, and one of them may say that the key is revoked.
    if (earlier !== undefined) throw twice(file, earlier.file);
    keys.set(hint, { key, file, validUntil, revoked: revokedAt === undefined ? null : { at: revokedAt, reason } });
  }
  return keys;
}

function isExact({ subject }: IdentityEntry): boolean {
  return subject !== undefined;
}

function toIdentity({ issuer, subject, subjectPattern = '' }: IdentityEntry): TrustedIdentity {
  const matches = subject === undefined ? (other: string) => matchesPattern(subjectPattern, other) : (other: string) => other === subject;
  return { name: `${issuer} ${subject ?? subjectPattern}`, issuer, matches };
}

function twice(file: string, earlier: string): EvidenceVerifyError {
  return new EvidenceVerifyError('evidence.verify.policy_malformed', `\`${file}\` is the key of \`${earlier}\`, which is listed already`, {
    remedy: 'list each key once',
  });
}
