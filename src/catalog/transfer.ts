import { type BlobId, isId, type TenantId } from '../core/index.ts';
import { CatalogError } from './errors.ts';
import { type BegunBlob, deleteBlob, findBlob, findFile, insertFile, type StoredFile } from './file-rows.ts';
import { whole } from './files/whole.ts';
import type { CatalogParts } from './parts.ts';
import { openFile } from './stored.ts';

type TransferParts = Pick<CatalogParts, 'database' | 'files' | 'clock'>;

/**
 * Takes the bytes that an upload was allowed for. They are a file when they are all there and what was announced; else nothing is left of
 * them. Of two uploads of one content the first to end stays.
 *
 * @param blob as `evidence.upload` answered it
 * @throws CatalogError `evidence.upload_mismatch`, `evidence.store_unavailable`; whatever `content` throws
 */
export async function receiveFile(parts: TransferParts, tenant: TenantId, blob: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const { database, files, clock } = parts;
  const begun = await database.transaction(tenant, (trx) => findBlob(trx, tenant, blobId(blob)));
  if (begun === undefined) throw new Error(`nothing was begun as \`${blob}\``);
  try {
    await files.put(begun, whole(content, begun, mismatch));
  } catch (error) {
    await forget(parts, begun).catch(() => undefined); // the first error is the one to tell; the job looks again later
    throw error;
  }
  const first = await database.transaction(tenant, (trx) => insertFile(trx, begun, clock.now()));
  if (!first) await forget(parts, begun);
}

/** Removes bytes, and then what says that there are any. */
export async function forget({ database, files }: Pick<CatalogParts, 'database' | 'files'>, blob: BegunBlob): Promise<void> {
  await files.remove(blob);
  await database.transaction(blob.tenant, (trx) => deleteBlob(trx, blob));
}

/** The bytes of a file. @throws CatalogError `evidence.file_damaged` where there is none: who asks has seen a row that names it */
export async function sendFile({ database, files }: TransferParts, tenant: TenantId, digest: string): Promise<AsyncIterable<Uint8Array>> {
  const file = await database.transaction(tenant, (trx) => findFile(trx, tenant, digest));
  if (file !== undefined) return openFile(files, file);
  throw new CatalogError('evidence.file_damaged', `a published bundle has \`${digest}\`, which is not there`, {
    remedy: 'restore the store from a backup, or upload the file again',
  });
}

/** Whether a file is there, and how large it is; of another tenant's nothing is known here. */
export function presentFile({ database }: TransferParts, tenant: TenantId, digest: string): Promise<StoredFile | undefined> {
  return database.transaction(tenant, (trx) => findFile(trx, tenant, digest));
}

function mismatch(problem: string): CatalogError {
  return new CatalogError('evidence.upload_mismatch', `this is not the file that was announced: ${problem}`, {
    remedy: 'send exactly the bytes of the digest in the address, and their number as content-length',
  });
}

function blobId(text: string): BlobId {
  if (isId('blob', text)) return text;
  throw new Error(`\`${text}\` is not the id of a blob`);
}
