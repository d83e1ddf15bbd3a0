import { checkSignatures } from './checks/manifest.ts';
import { isManifestSignature, MANIFEST, MAX_MANIFEST } from './names.ts';
import { bytesOf } from './read/content.ts';
import { readManifest } from './read/manifest.ts';
import { type ManifestSignature, readSignature } from './read/signed.ts';
import { type Check, type Outcome, outcomeLater, outcomeOf } from './report.ts';
import { openBundle } from './source/open.ts';
import type { BundleSource, SourceFile } from './source/source.ts';
import { readTrust, type TrustRequest } from './trust.ts';

export type SignaturesRequest = TrustRequest & { readonly bundle: string | BundleSource };

/**
 * Whether enough of those who are trusted have signed a manifest. For who verifies what anybody may send: it reads a few MiB at most, and
 * parses the manifest only when somebody who is trusted has signed these bytes.
 *
 * @throws EvidenceVerifyError when verifying cannot begin
 */
export async function verifySignatures(request: SignaturesRequest): Promise<Check> {
  const { signers, threshold } = readTrust(request);
  const source = await openBundle(request.bundle);
  const bytes = await manifestIn(source);
  const manifest = bytes.ok ? bytes.value : undefined;
  const signatures = new Map<string, ManifestSignature>();
  for await (const file of filesOf(source))
    if (isManifestSignature(file.name)) signatures.set(file.name, await readSignature(file, manifest, signers));
  const isSigned = [...signatures.values()].some((found) => found.ok && found.value.signed.ok);
  return checkSignatures(
    { signatures, manifest: manifest !== undefined && isSigned ? outcomeOf(() => readManifest(manifest)) : unread },
    threshold,
  );
}

const unread = { ok: false, reason: 'it was not read' } as const;

async function manifestIn(source: BundleSource): Promise<Outcome<Buffer>> {
  for await (const file of filesOf(source)) if (file.name === MANIFEST) return await outcomeLater(() => bytesOf(file, MAX_MANIFEST)); // before the source closes the file
  return unread;
}

function filesOf(source: BundleSource): AsyncIterable<SourceFile> {
  return source.files({ refuse: () => {}, advance: () => {} });
}
