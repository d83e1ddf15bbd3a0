import { createHash, createPublicKey, verify } from 'node:crypto';
import { VerifyError } from './errors.ts';

export type VerifiedCheckpoint = { readonly origin: string; readonly size: number; readonly root: Buffer };

type VerifierKey = { readonly name: string; readonly id: Buffer; readonly publicKey: Buffer };

/** DER of an Ed25519 SubjectPublicKeyInfo up to the 32 key bytes (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Checks a C2SP checkpoint (signed note, https://c2sp.org/tlog-checkpoint) against a verifier key and returns what it commits
 * to. Signatures of other keys, witnesses for one, are ignored; one valid signature of this key is needed.
 *
 * @throws VerifyError
 */
export function verifyCheckpoint(note: string, verifierKey: string): VerifiedCheckpoint {
  const key = parseVerifierKey(verifierKey);
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw malformed('it has no signature block');
  const text = note.slice(0, split + 1);
  const checkpoint = parseText(text);
  if (checkpoint.origin !== key.name) {
    throw new VerifyError('verify.origin_mismatch', `the checkpoint is of \`${checkpoint.origin}\`, the key is of \`${key.name}\``);
  }
  if (!signatureLines(note.slice(split + 2)).some((line) => isSignedBy(line, key, text))) {
    throw new VerifyError('verify.signature_invalid', `no valid signature of \`${key.name}\` on the checkpoint`);
  }
  return checkpoint;
}

function parseVerifierKey(text: string): VerifierKey {
  const [, name, hexId, base64] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text.trim()) ?? [];
  if (name === undefined || hexId === undefined || base64 === undefined) throw badKey();
  const key = Buffer.from(base64, 'base64');
  const id = createHash('sha256').update(`${name}\n`).update(key).digest().subarray(0, 4);
  if (key.length !== 33 || key[0] !== 0x01 || id.toString('hex') !== hexId) throw badKey();
  return { name, id, publicKey: key.subarray(1) };
}

function badKey(): VerifyError {
  return new VerifyError('verify.key_malformed', 'the verifier key is not of the form `name+id+base64` with an Ed25519 key');
}

function parseText(text: string): VerifiedCheckpoint {
  const [origin, size, root, ...rest] = text.split('\n');
  if (origin === undefined || origin === '' || size === undefined || root === undefined || rest.length < 1)
    throw malformed('it has fewer than three lines');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) throw malformed(`its size is \`${size}\``);
  const hash = Buffer.from(root, 'base64');
  if (hash.length !== 32 || hash.toString('base64') !== root) throw malformed('its root is not 32 bytes in base64');
  return { origin, size: Number(size), root: hash };
}

function malformed(why: string): VerifyError {
  return new VerifyError('verify.checkpoint_malformed', `the checkpoint is not a signed note: ${why}`);
}

function signatureLines(block: string): { name: string; id: Buffer; signature: Buffer }[] {
  return block.split('\n').flatMap((line) => {
    const [, name, base64] = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    if (name === undefined || base64 === undefined) return [];
    const bytes = Buffer.from(base64, 'base64');
    return [{ name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) }];
  });
}

function isSignedBy(line: { name: string; id: Buffer; signature: Buffer }, key: VerifierKey, text: string): boolean {
  if (line.name !== key.name || !line.id.equals(key.id)) return false;
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key.publicKey]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text, 'utf8'), publicKey, line.signature);
}
