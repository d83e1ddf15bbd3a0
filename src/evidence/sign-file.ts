import { readFileSync } from 'node:fs';
import { readSigningKey } from './keys/signing-key.ts';
import { signBlob } from './sigstore-bundle.ts';

/**
 * A sigstore bundle over a file's bytes, as `cosign verify-blob` reads it; the same key gives the same bytes.
 *
 * @throws EvidenceError when the key cannot be used
 */
export function signFile(file: string, keyFile: string, password: string | undefined): { bundle: Buffer; keyHint: string } {
  const key = readSigningKey(keyFile, password);
  return { bundle: signBlob(key, readFileSync(file)), keyHint: key.hint };
}
