import type { TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import type { Requirement } from './bundle-rows.ts';
import { findBundle, newestOf } from './bundle-rows.ts';
import { type Manifest, readManifest, readRequirements } from './documents.ts';
import { CatalogError } from './errors.ts';
import { findFile, type StoredFile } from './file-rows.ts';
import type { CatalogParts } from './parts.ts';
import { parentsOf, publishedFiles, readDocument, type StoredFiles, sourceOf, storedFiles } from './stored.ts';
import type { Verified } from './verifying.ts';

/** A bundle by the digests of its manifest and of what no manifest names: its signatures. */
export type NamedBundle = { readonly manifest: string; readonly signatures: ReadonlyMap<string, string> };

/** A bundle that was looked at. `manifest` is undefined when that is none; `requirements` are empty unless the bundle verifies. */
export type Examined = {
  readonly manifest: Manifest | undefined;
  readonly stored: StoredFiles;
  readonly verified: Verified;
  readonly requirements: readonly Requirement[];
};

/** It is parsed at one go, while others wait. */
const MAX_MANIFEST_BYTES = 4 * 1024 ** 2;

type Found = { readonly stored: StoredFiles; readonly parents: readonly StoredFiles[]; readonly previous: StoredFiles };

/** Looks at a bundle that was uploaded, all of it; undefined when its manifest was not. @throws CatalogError `evidence.store_unavailable` */
export async function examineUploaded(parts: CatalogParts, tenant: TenantId, named: NamedBundle): Promise<Examined | undefined> {
  const { database } = parts;
  const file = await database.transaction(tenant, (trx) => findFile(trx, tenant, named.manifest));
  if (file === undefined) return undefined;
  const manifest = await readManifestIn(parts, file);
  if (manifest === undefined)
    return { manifest, stored: new Map([['manifest.json', file]]), verified: { failed: ['manifest.form'] }, requirements: [] };
  const found = await database.transaction(tenant, async (trx) => ({
    ...(await chainOf(trx, tenant, manifest.parent?.manifest ?? null, manifest.ledger.prevManifest)),
    stored: await storedFiles(trx, tenant, named, manifest),
  }));
  const verified = await verify(parts, tenant, found);
  const requirements = verified.failed.length === 0 ? await requirementsIn(parts, found.stored) : [];
  return { manifest, stored: found.stored, verified, requirements };
}

/** The newest bundle of a release, looked at again: signers may have been revoked, and disks fail. Undefined: none is published. */
export type NewestVerified = { readonly manifest: string; readonly verified: Verified };

export async function verifyNewest(parts: CatalogParts, tenant: TenantId, release: string): Promise<NewestVerified | undefined> {
  const found = await parts.database.transaction(tenant, async (trx) => {
    const newest = await newestOf(trx, tenant, release);
    return newest && { manifest: newest.manifest, parent: newest.parent, stored: await publishedFiles(trx, tenant, newest.manifest) };
  });
  if (found === undefined) return undefined;
  const { stored, parent } = found;
  const file = stored.get('manifest.json');
  const manifest = file && (await readManifestIn(parts, file));
  const prevManifest = manifest?.ledger.prevManifest ?? null;
  const chain = await parts.database.transaction(tenant, (trx) => chainOf(trx, tenant, parent, prevManifest));
  return { manifest: found.manifest, verified: await verify(parts, tenant, { ...chain, stored }) };
}

async function readManifestIn({ files }: CatalogParts, file: StoredFile): Promise<Manifest | undefined> {
  return file.blob.size > MAX_MANIFEST_BYTES ? undefined : readManifest(await readDocument(files, file));
}

async function chainOf(trx: Trx, tenant: TenantId, parent: string | null, prevManifest: string | null): Promise<Omit<Found, 'stored'>> {
  const before = prevManifest === null ? undefined : await findBundle(trx, tenant, prevManifest);
  const previous = before === undefined ? new Map() : await publishedFiles(trx, tenant, before.manifest);
  return { parents: await parentsOf(trx, tenant, parent), previous };
}

function verify(parts: CatalogParts, tenant: TenantId, { stored, parents, previous }: Found): Promise<Verified> {
  const { files, verifications } = parts;
  const name = JSON.stringify([tenant, ...[stored, ...parents].map((one) => [...one].map(([of, { blob }]) => `${of} ${blob.id}`).sort())]);
  return verifications.of(tenant, name, async () => {
    const manifestBefore = previous.get('manifest.json');
    const asked = {
      tenant,
      bundle: sourceOf(files, stored),
      parents: parents.map((parent) => sourceOf(files, parent)),
      previous: manifestBefore && (await readDocument(files, manifestBefore)),
    };
    return parts.verify(asked).catch((error: unknown) => {
      if (error instanceof CatalogError && error.code === 'evidence.file_damaged') return { failed: ['artifact.digest'] };
      throw error;
    });
  });
}

async function requirementsIn({ files }: CatalogParts, stored: StoredFiles): Promise<Requirement[]> {
  const [contract, verdict] = [stored.get('contract.json'), stored.get('verdict.json')];
  if (contract === undefined || verdict === undefined) throw new Error('a bundle verified without its contract or its verdict');
  return readRequirements(await readDocument(files, contract), await readDocument(files, verdict));
}
