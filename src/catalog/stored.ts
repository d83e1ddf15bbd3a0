import { buffer } from 'node:stream/consumers';
import type { TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import { filesOf, findBundle } from './bundle-rows.ts';
import type { Manifest } from './documents.ts';
import { CatalogError } from './errors.ts';
import { findFiles, type StoredFile } from './file-rows.ts';
import type { FileStore } from './files/file-store.ts';
import { whole } from './files/whole.ts';
import type { StoredSource } from './source.ts';

/** A bundle by the digests of its manifest and of what no manifest names: its signatures. */
export type NamedBundle = { readonly manifest: string; readonly signatures: ReadonlyMap<string, string> };

/** The files of a bundle that the store holds, by name. What is missing is not in it. */
export type StoredFiles = ReadonlyMap<string, StoredFile>;

/** Documents that the catalog itself reads are no larger (docs/evidence-format.md: items other than of kind `file`). */
const MAX_DOCUMENT_BYTES = 64 * 1024 ** 2;

/** A file's bytes, which are certainly those of its digest. @throws CatalogError `evidence.file_damaged`, `evidence.store_unavailable` */
export function openFile(files: FileStore, { digest, blob }: StoredFile): AsyncIterable<Uint8Array> {
  return whole(files.open(blob), { digest, size: blob.size }, damaged);
}

function damaged(problem: string): CatalogError {
  return new CatalogError('evidence.file_damaged', `a file is not as it was stored: ${problem}`, {
    remedy: 'restore the store from a backup, or upload the file again once its row is removed',
  });
}

export async function readDocument(files: FileStore, file: StoredFile): Promise<Buffer> {
  if (file.blob.size <= MAX_DOCUMENT_BYTES) return buffer(openFile(files, file));
  throw new CatalogError('evidence.too_large', `\`${file.digest}\` has ${file.blob.size} bytes, a document at most ${MAX_DOCUMENT_BYTES}`, {
    remedy: 'put what is large into an item of kind `file`',
  });
}

/** Files as the verifier takes them. */
export function sourceOf(files: FileStore, stored: StoredFiles): StoredSource {
  return [...stored]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, file]) => ({ name, size: file.blob.size, open: () => openFile(files, file) }));
}

/** `manifest.json` and the signatures over it: what of it is there. */
export function signedFiles(trx: Trx, tenant: TenantId, { manifest, signatures }: NamedBundle): Promise<StoredFiles> {
  const own = new Map([...signatures].filter(([name]) => /^manifest(\.[2-9])?\.sigstore\.json$/.test(name)));
  return storedFiles(trx, tenant, { manifest, signatures: own }, { artifacts: [] });
}

/** `manifest.json`, its signatures, and what the manifest lists as being in this bundle: what of it is there. */
export async function storedFiles(
  trx: Trx,
  tenant: TenantId,
  named: NamedBundle,
  { artifacts }: Pick<Manifest, 'artifacts'>,
): Promise<StoredFiles> {
  const here = artifacts.filter(({ from }) => from === undefined).map(({ name, sha256 }): [string, string] => [name, `sha256:${sha256}`]);
  const digests = new Map([...here, ...named.signatures, ['manifest.json', named.manifest]]);
  const found = await findFiles(trx, tenant, [...digests.values()]);
  return new Map(
    [...digests].flatMap(([name, digest]) => {
      const file = found.get(digest);
      return file === undefined ? [] : [[name, file] as const];
    }),
  );
}

/** The files that a published bundle itself holds. */
export async function publishedFiles(trx: Trx, tenant: TenantId, manifest: string): Promise<StoredFiles> {
  const rows = (await filesOf(trx, tenant, manifest)).filter(({ heldBy }) => heldBy === null);
  const found = await findFiles(
    trx,
    tenant,
    rows.map(({ digest }) => digest),
  );
  return new Map(
    rows.flatMap(({ name, digest }) => {
      const file = found.get(digest);
      return file === undefined ? [] : [[name, file] as const];
    }),
  );
}

/** What a bundle changes, then what that changes, down to the first of its release; all that is published of it. */
export async function parentsOf(trx: Trx, tenant: TenantId, parent: string | null): Promise<StoredFiles[]> {
  const parents: StoredFiles[] = [];
  for (let next = parent; next !== null; ) {
    const bundle = await findBundle(trx, tenant, next);
    if (bundle === undefined) break;
    parents.push(await publishedFiles(trx, tenant, bundle.manifest));
    next = bundle.parent;
  }
  return parents;
}
