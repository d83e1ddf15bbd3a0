import { createPublicKey, verify } from 'node:crypto';
import { sha256 } from './hash.ts';

/**
 * C2SP signed-note (https://c2sp.org/signed-note) and the body of a C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint), read strictly:
 * whatever is not exactly of the form is undefined.
 *
 *     note = text "\n" signature line, one or more
 *     line = "— " name " " base64(keyID ‖ signature) "\n"
 *     vkey = name "+" hex(keyID) "+" base64(algorithm ‖ public key)
 *     keyID = first 4 bytes of SHA-256(name ‖ 0x0A ‖ algorithm ‖ public key)
 */
export type SignedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };
export type NoteSignature = { readonly name: string; readonly id: Buffer; readonly signature: Buffer; readonly line: string };
export type NoteKey = { readonly name: string; readonly id: Buffer; readonly publicKey: Buffer };
export type CheckpointBody = { readonly origin: string; readonly size: number; readonly root: Buffer };

/** What the Ed25519 key signs: notes themselves, or C2SP cosignatures (https://c2sp.org/tlog-cosignature). */
export const noteAlgorithm = { signature: 0x01, cosignature: 0x04 } as const;

const MAX_SIGNATURES = 100;
/** DER of an Ed25519 SubjectPublicKeyInfo up to the 32 key bytes (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export function parseNote(note: string): SignedNote | undefined {
  const split = note.lastIndexOf('\n\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these
  if (split < 0 || !note.endsWith('\n') || /[\x00-\x09\x0b-\x1f]/.test(note)) return undefined;
  const lines = note.slice(split + 2, -1).split('\n');
  const signatures = lines.map(parseSignatureLine).filter((signature) => signature !== undefined);
  if (signatures.length !== lines.length || lines.length > MAX_SIGNATURES) return undefined;
  return { text: note.slice(0, split + 1), signatures };
}

export function parseSignatureLine(line: string): NoteSignature | undefined {
  const [, name, base64] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
  const bytes = base64 === undefined ? undefined : fromBase64(base64);
  if (name === undefined || bytes === undefined || bytes.length < 5) return undefined;
  return { name, id: bytes.subarray(0, 4), signature: bytes.subarray(4), line };
}

/** A verifier key of an Ed25519 key for that use. */
export function parseNoteKey(vkey: string, algorithm: number = noteAlgorithm.signature): NoteKey | undefined {
  const [, name, hexId, base64] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(vkey.trim()) ?? [];
  const key = base64 === undefined ? undefined : fromBase64(base64);
  if (name === undefined || key === undefined || key.length !== 33 || key[0] !== algorithm) return undefined;
  const id = keyId(name, key);
  return id.toString('hex') === hexId ? { name, id, publicKey: key.subarray(1) } : undefined;
}

/** The verifier key of a public key of 32 bytes. */
export function formatNoteKey(name: string, publicKey: Uint8Array, algorithm: number = noteAlgorithm.signature): string {
  const key = Buffer.concat([Uint8Array.of(algorithm), publicKey]);
  return `${name}+${keyId(name, key).toString('hex')}+${key.toString('base64')}`;
}

/** Origin, size in decimal and root in base64, a line each; extension lines may follow. Sizes beyond 2^53 - 1 are refused. */
export function parseCheckpointBody(text: string): CheckpointBody | undefined {
  const [origin, decimal, base64, ...rest] = text.split('\n');
  const extensions = rest.slice(0, -1);
  if (origin === undefined || origin === '' || rest.at(-1) !== '' || extensions.includes('')) return undefined;
  const size = decimal === undefined ? undefined : parseSize(decimal);
  const root = base64 === undefined ? undefined : fromBase64(base64);
  return size === undefined || root?.length !== 32 ? undefined : { origin, size, root };
}

/** A tree size in decimal without leading zeros. */
export function parseSize(decimal: string): number | undefined {
  const size = Number(decimal);
  return /^(0|[1-9]\d{0,15})$/.test(decimal) && Number.isSafeInteger(size) ? size : undefined;
}

/** Base64 of RFC 4648 §4, padded, in its one canonical spelling. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

export function isSignedBy(key: NoteKey, message: string, signature: Uint8Array): boolean {
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key.publicKey]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(message, 'utf8'), publicKey, signature);
}

/** What an Ed25519 cosignature signs: the moment in Unix seconds and the note's text. */
export function cosignedMessage(text: string, time: bigint): string {
  return `cosignature/v1\ntime ${time}\n${text}`;
}

function keyId(name: string, key: Uint8Array): Buffer {
  return sha256(Buffer.from(`${name}\n`, 'utf8'), key).subarray(0, 4);
}
