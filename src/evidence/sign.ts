import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EvidenceError } from './errors.ts';
import { readSigningKey } from './keys/signing-key.ts';
import { writeFailed } from './layout/partial-folder.ts';
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
export async function signBundle({ folder, keyFile, password }: SignRequest): Promise<SignedBundle> {
  const key = readSigningKey(keyFile, password);
  const built = await readBuilt(folder);
  if (built.signatures.includes(names.manifestSignature)) throw signedAlready(folder);
  const statements = statementsOf(built).map(({ file, statement }) => ({ name: file, bytes: signStatement(key, statement) }));
  // Last, so that a bundle with this file is completely signed even if the machine stopped in between.
  const signatures = [...statements, { name: names.manifestSignature, bytes: signBlob(key, built.manifestBytes) }];
  addToFolder(folder, signatures);
  return { folder: resolve(folder), release: built.manifest.release, keyHint: key.hint, files: signatures.map(({ name }) => name) };
}

function signedAlready(folder: string): EvidenceError {
  return new EvidenceError('evidence.already_signed', `\`${folder}\` is signed already`, {
    remedy: 'remove its *.sigstore.json files first if it must be signed again',
  });
}

/** Adds files to a folder: all of them, or, as far as the file system allows, none. */
function addToFolder(folder: string, files: readonly { readonly name: string; readonly bytes: Buffer }[]): void {
  try {
    for (const file of files) writeFileSync(join(folder, file.name), file.bytes, { mode: 0o644 });
  } catch (cause) {
    for (const file of files) rmSync(join(folder, file.name), { force: true });
    throw writeFailed(folder, cause);
  }
}
