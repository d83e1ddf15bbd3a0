import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { strictBase64 } from './base64.ts';
import { VerifyError } from './errors.ts';

/** Signature types of https://c2sp.org/signed-note that we know: a log's own, and a witness's with a time. */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;

export type VerifierKey = {
  readonly name: string;
  /** Lower-case hex of the four bytes. */
  readonly id: string;
  readonly publicKey: KeyObject;
  /** The key as it was written. */
  readonly text: string;
};

/** DER of an Ed25519 SubjectPublicKeyInfo up to the 32 key bytes (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const LONGEST = 2_048;

/**
 * Reads `name+hex(id)+base64(type ‖ public key)` (https://c2sp.org/signed-note#verifier-keys): an Ed25519 key of the wanted type,
 * whose id is the one that follows from name and key.
 *
 * @throws VerifyError `verify.key_malformed`
 */
export function parseVerifierKey(text: string, type: typeof ED25519 | typeof COSIGNATURE = ED25519): VerifierKey {
  const trimmed = text.trim();
  const [, name, hexId, base64] = (trimmed.length > LONGEST ? null : /^([^\p{White_Space}+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(trimmed)) ?? [];
  const key = base64 === undefined ? undefined : strictBase64(base64);
  if (name === undefined || key === undefined || key.length !== 33 || key[0] !== type) throw badKey(type);
  const id = createHash('sha256').update(`${name}\n`).update(key).digest('hex').slice(0, 8);
  if (id !== hexId || !isKeyName(name)) throw badKey(type);
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key.subarray(1)]), format: 'der', type: 'spki' });
  return { name, id, publicKey, text: trimmed };
}

/** Key names are not empty and hold neither Unicode spaces nor `+`; a note holds no control characters. */
export function isKeyName(name: string): boolean {
  return /^[^\p{White_Space}\p{Cc}+]+$/u.test(name) && name.isWellFormed();
}

function badKey(type: number): VerifyError {
  const kind = type === ED25519 ? 'a log’s Ed25519 key' : 'a witness’s cosignature key (type 0x04)';
  return new VerifyError('verify.key_malformed', `the verifier key is not of the form \`name+id+base64\` with ${kind}`, {
    remedy: 'give the whole line as it was handed to you, in quotes',
  });
}
