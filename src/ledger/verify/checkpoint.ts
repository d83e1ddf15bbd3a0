import { verify } from 'node:crypto';
import { strictBase64 } from './base64.ts';
import { VerifyError } from './errors.ts';
import { malformed, type Note, parseNote } from './note.ts';
import { parseVerifierKey, type VerifierKey } from './verifier-key.ts';

export type VerifiedCheckpoint = { readonly origin: string; readonly size: number; readonly root: Buffer };

/**
 * Checks a C2SP checkpoint (https://c2sp.org/tlog-checkpoint) against a verifier key and returns what it commits to. Signatures of
 * other keys, witnesses for one, are ignored; every signature of this key must be valid, and there must be one.
 *
 * @throws VerifyError
 */
export function verifyCheckpoint(note: string, verifierKey: string): VerifiedCheckpoint {
  const key = parseVerifierKey(verifierKey);
  const parsed = parseNote(note);
  const checkpoint = parseCheckpoint(parsed);
  if (checkpoint.origin !== key.name) {
    throw new VerifyError('verify.origin_mismatch', `the checkpoint is of \`${checkpoint.origin}\`, the key is of \`${key.name}\``);
  }
  if (!isSignedBy(parsed, key)) {
    throw new VerifyError('verify.signature_invalid', `no valid signature of \`${key.name}\` on the checkpoint`);
  }
  return checkpoint;
}

/** What a checkpoint says, before any signature was looked at. @throws VerifyError `verify.checkpoint_malformed` */
export function parseCheckpoint({ text }: Note): VerifiedCheckpoint {
  const [origin, size, root, ...rest] = text.split('\n');
  if (origin === undefined || origin === '' || size === undefined || root === undefined || rest.length < 1)
    throw malformed('it has fewer than three lines');
  if (rest.slice(0, -1).includes('')) throw malformed('an extension line is empty');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) throw malformed(`its size is \`${size.slice(0, 40)}\``);
  const hash = strictBase64(root);
  if (hash === undefined || hash.length !== 32) throw malformed('its root is not 32 bytes in base64');
  return { origin, size: Number(size), root: hash };
}

/** True when the key signed the note; false also when one of several signatures in its name and id is not valid. */
export function isSignedBy({ text, signatures }: Note, key: VerifierKey): boolean {
  const own = signatures.filter((line) => line.name === key.name && line.keyId === key.id);
  return own.length > 0 && own.every((line) => verify(null, Buffer.from(text, 'utf8'), key.publicKey, line.signature));
}

/** The log's name: what follows the last `/` of the origin. */
export function logOf(origin: string): string {
  return origin.slice(origin.lastIndexOf('/') + 1);
}
