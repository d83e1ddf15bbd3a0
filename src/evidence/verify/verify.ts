import { checkForms } from './artifacts.ts';
import { MANIFEST, MANIFEST_SIGNATURE } from './expected.ts';
import { contentOf, type Files, readFiles } from './files.ts';
import { readKeyFile, readVerifyingKey, type VerifyingKey } from './key.ts';
import { checkLedger } from './ledger.ts';
import { checkContract, checkDigests, checkFolder, type Manifest, readManifest } from './manifest.ts';
import { type Check, check, ensure, type Report } from './report.ts';
import { readSigstoreBundle, verifyBlob } from './signature.ts';
import { checkStatements } from './statements.ts';

export type VerifyRequest = {
  readonly folder: string;
  /** The signer's public key, as it was handed over. */
  readonly keyFile: string;
  /** The ledger's verifier key, as it was handed over. */
  readonly ledgerKeyFile?: string | undefined;
};

/**
 * Verifies a signed bundle offline, from its files and the keys given: every check is made and reported, also after one failed.
 * Shares no code with what builds and signs bundles.
 *
 * @throws EvidenceVerifyError when the folder or a key cannot be read
 */
export function verifyBundle({ folder, keyFile, ledgerKeyFile }: VerifyRequest): Report {
  const key = readVerifyingKey(keyFile);
  const ledgerKey = ledgerKeyFile === undefined ? undefined : readKeyFile(ledgerKeyFile);
  const files = readFiles(folder);
  const before = [checkPlain(files), checkSignature(files, key)];
  let manifest: Manifest | undefined;
  const form = check('manifest.form', MANIFEST, () => {
    manifest = readManifest(files);
    return `release ${manifest.release}, ${manifest.artifacts.length} artifacts`;
  });
  const checks = [...before, form, ...(manifest === undefined ? [] : checkContents(manifest, files, key, ledgerKey))];
  return { release: manifest?.release ?? null, ok: checks.every((item) => item.ok), checks };
}

function checkPlain(files: Files): Check {
  return check('files.plain', 'folder', () => {
    ensure(files.refused.length === 0, files.refused.join('; '));
    return 'regular files with plain names';
  });
}

function checkSignature(files: Files, key: VerifyingKey): Check {
  return check('manifest.signature', MANIFEST_SIGNATURE, () => {
    verifyBlob(readSigstoreBundle(contentOf(files, MANIFEST_SIGNATURE)), contentOf(files, MANIFEST), key);
    return `by key ${key.hint.slice(0, 12)}…`;
  });
}

function checkContents(manifest: Manifest, files: Files, key: VerifyingKey, ledgerKey: string | undefined): Check[] {
  return [
    checkContract(manifest),
    ...checkFolder(manifest, files),
    ...checkDigests(manifest, files),
    ...checkForms(manifest, files),
    ...checkStatements(manifest, files, key),
    ...checkLedger(manifest, files, ledgerKey),
  ];
}
