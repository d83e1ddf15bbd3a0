import { fail, type Outcome } from '../report.ts';
import type { SignedBy } from '../signers/index.ts';

/**
 * Whose signature it is, if their key was to be used then. Throws with the reason.
 *
 * @param at of the bundle; undefined where nothing can be read of it, so that no end is long enough
 */
export function signerOf(signed: Outcome<SignedBy>, at: string | undefined): SignedBy {
  if (!signed.ok) return fail(signed.reason);
  const { label, validUntil } = signed.value;
  if (validUntil !== null && !(at !== undefined && Date.parse(at) < validUntil.getTime()))
    fail(`it is signed by ${label}, which counts for bundles before ${validUntil.toISOString()} only`);
  return signed.value;
}
