import { digestOfJson, type TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import type { Requirement } from './bundle-rows.ts';
import { findBundle, newestOf } from './bundle-rows.ts';
import { type Manifest, readManifest, readRequirements } from './documents.ts';
import { CatalogError } from './errors.ts';
import type { StoredFile } from './file-rows.ts';
import type { CatalogParts } from './parts.ts';
import {
  type NamedBundle,
  parentsOf,
  publishedFiles,
  readDocument,
  type StoredFiles,
  signedFiles,
  sourceOf,
  storedFiles,
} from './stored.ts';
import type { Verified } from './verifying.ts';

/** A bundle that was looked at. `manifest` is undefined when that is none; `requirements` are empty unless the bundle verifies. */
export type Examined = {
  readonly manifest: Manifest | undefined;
  readonly stored: StoredFiles;
  readonly verified: Verified;
  readonly requirements: readonly Requirement[];
};

type Found = Chain & { readonly manifest: string; readonly release: string; readonly stored: StoredFiles };
type Chain = { readonly parents: readonly StoredFiles[]; readonly previous: StoredFiles };

/**
 * Looks at a bundle that was uploaded, all of it once it is known who signed it; undefined when its manifest was not uploaded.
 *
 * @throws CatalogError `evidence.store_unavailable`, `evidence.busy`
 */
export async function examineUploaded(parts: CatalogParts, tenant: TenantId, named: NamedBundle): Promise<Examined | undefined> {
  const { database } = parts;
  const signed = await database.transaction(tenant, (trx) => signedFiles(trx, tenant, named));
  const file = signed.get('manifest.json');
  if (file === undefined) return undefined;
  const signedBy = await verifySigned(parts, tenant, signed);
  if (signedBy.failed.length > 0) return unsound(file, signedBy);
  const read = await readManifestIn(parts, file);
  if (read.manifest === undefined) return unsound(file, read.verified);
  const { manifest } = read;
  const found = await database.transaction(tenant, async (trx) => ({
    ...(await chainOf(trx, tenant, manifest.parent?.manifest ?? null, manifest.ledger.prevManifest)),
    stored: await storedFiles(trx, tenant, named, manifest),
  }));
  const verified = await verify(parts, tenant, { ...found, manifest: named.manifest, release: manifest.release });
  const requirements = verified.failed.length === 0 ? await requirementsIn(parts, found.stored) : [];
  return { manifest, stored: found.stored, verified, requirements };
}

function unsound(file: StoredFile, verified: Verified): Examined {
  return { manifest: undefined, stored: new Map([['manifest.json', file]]), verified, requirements: [] };
}

/** The newest bundle of a release, looked at again: signers may have been revoked, and disks fail. Undefined: none is published. */
export type NewestVerified = { readonly manifest: string; readonly verified: Verified };

export async function verifyNewest(parts: CatalogParts, tenant: TenantId, release: string): Promise<NewestVerified | undefined> {
  const found = await parts.database.transaction(tenant, async (trx) => {
    const newest = await newestOf(trx, tenant, release);
    return newest && { manifest: newest.manifest, parent: newest.parent, stored: await publishedFiles(trx, tenant, newest.manifest) };
  });
  if (found === undefined) return undefined;
  const { manifest, stored, parent } = found;
  const file = stored.get('manifest.json');
  const read = file && (await readManifestIn(parts, file));
  const prevManifest = read?.manifest?.ledger.prevManifest ?? null;
  const chain = await parts.database.transaction(tenant, (trx) => chainOf(trx, tenant, parent, prevManifest));
  return { manifest, verified: await verify(parts, tenant, { ...chain, manifest, release, stored }) };
}

type Read = { readonly manifest: Manifest; readonly verified?: undefined } | { readonly manifest: undefined; readonly verified: Verified };

async function readManifestIn({ files }: CatalogParts, file: StoredFile): Promise<Read> {
  let bytes: Buffer | undefined;
  const verified = await undamaged(async () => {
    bytes = await readDocument(files, file);
    return { failed: ['manifest.form'] };
  });
  const manifest = bytes && readManifest(bytes);
  return manifest === undefined ? { manifest, verified } : { manifest };
}

/** That the store lost what it held is a fault of the bundle, which a verification finds. */
async function undamaged(work: () => Promise<Verified>): Promise<Verified> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CatalogError && error.code === 'evidence.file_damaged') return { failed: ['artifact.digest'] };
    throw error;
  }
}

async function chainOf(trx: Trx, tenant: TenantId, parent: string | null, prevManifest: string | null): Promise<Chain> {
  const before = prevManifest === null ? undefined : await findBundle(trx, tenant, prevManifest);
  const previous = before === undefined ? new Map() : await publishedFiles(trx, tenant, before.manifest);
  return { parents: await parentsOf(trx, tenant, parent), previous };
}

/** What exactly is looked at: whatever is replaced in the store is another. */
function nameOf(tenant: TenantId, what: string, bundles: readonly StoredFiles[]): string {
  return digestOfJson([tenant, what, ...bundles.map((one) => [...one].map(([of, { blob }]) => `${of} ${blob.id}`).toSorted())]);
}

function verifySigned({ files, verifications, verify: verifier }: CatalogParts, tenant: TenantId, signed: StoredFiles): Promise<Verified> {
  const name = nameOf(tenant, 'signatures', [signed]);
  return verifications.of(tenant, name, () => undamaged(() => verifier.signatures(tenant, sourceOf(files, signed))));
}

function verify(parts: CatalogParts, tenant: TenantId, { manifest, release, stored, parents, previous }: Found): Promise<Verified> {
  const { files, verifications, verify: verifier } = parts;
  return verifications.of(tenant, nameOf(tenant, manifest, [stored, ...parents, previous]), () =>
    undamaged(async () => {
      const manifestBefore = previous.get('manifest.json');
      return verifier.bundle({
        tenant,
        manifest,
        release,
        bundle: sourceOf(files, stored),
        parents: parents.map((parent) => sourceOf(files, parent)),
        previous: manifestBefore && (await readDocument(files, manifestBefore)),
      });
    }),
  );
}

async function requirementsIn({ files }: CatalogParts, stored: StoredFiles): Promise<Requirement[]> {
  const [contract, verdict] = [stored.get('contract.json'), stored.get('verdict.json')];
  if (contract === undefined || verdict === undefined) throw new Error('a bundle verified without its contract or its verdict');
  return readRequirements(await readDocument(files, contract), await readDocument(files, verdict));
}
