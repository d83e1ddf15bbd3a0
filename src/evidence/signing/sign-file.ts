import { readFileSync } from 'node:fs';
import { readSigningKey } from './keys/signing-key.ts';
import { blobBundle, bundleFile } from './sigstore-bundle.ts';

/**
 * A sigstore bundle over a file's bytes by a key in a file, as `cosign verify-blob` reads it; the same key gives the same bytes.
 *
 * @throws EvidenceError when the key cannot be used
 */
export function signFile(file: string, keyFile: string, password: string | undefined): { bundle: Buffer; keyHint: string } {
  const { hint, sign } = readSigningKey(keyFile, password);
  const bytes = readFileSync(file);
  return { bundle: bundleFile(blobBundle(bytes, { signature: sign(bytes), keyHint: hint })), keyHint: hint };
}
