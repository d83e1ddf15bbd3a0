import { resolve } from 'node:path';
import { addToFolder } from './folder.ts';
import { readSigningKey } from './keys/signing-key.ts';
import { names } from './names.ts';
import { readBuilt } from './read-built.ts';
import { signBlob, signStatement } from './sigstore-bundle.ts';
import { statementsOf } from './statements.ts';

export type SignRequest = {
  /** What `buildBundle` wrote. */
  readonly folder: string;
  /** PKCS#8 PEM or cosign's encrypted format, P-256. */
  readonly keyFile: string;
  /** Of an encrypted key. */
  readonly password?: string | undefined;
};

export type SignedBundle = {
  readonly folder: string;
  readonly release: string;
  readonly keyHint: string;
  readonly files: readonly string[];
};

/**
 * Signs a bundle: manifest.json itself and an in-toto statement about each item, as sigstore bundles that stock cosign verifies
 * offline. The same key gives the same bytes.
 *
 * @throws EvidenceError; then nothing is signed
 */
export function signBundle({ folder, keyFile, password }: SignRequest): SignedBundle {
  const key = readSigningKey(keyFile, password);
  const built = readBuilt(folder);
  const statements = statementsOf(built).map(({ file, statement }) => ({ name: file, bytes: signStatement(key, statement) }));
  // Last, so that a bundle with this file is completely signed even if the machine stopped in between.
  const signatures = [...statements, { name: names.manifestSignature, bytes: signBlob(key, built.manifestBytes) }];
  addToFolder(folder, signatures);
  return { folder: resolve(folder), release: built.manifest.release, keyHint: key.hint, files: signatures.map(({ name }) => name) };
}
