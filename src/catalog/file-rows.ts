import { type BlobId, isId, type TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import type { Blob } from './files/file-store.ts';

/** A file that is there. */
export type StoredFile = { readonly digest: string; readonly blob: Blob; readonly storedAt: Date };

/** The file of a digest, among those of the tenant. */
export async function findFile(trx: Trx, tenant: TenantId, digest: string): Promise<StoredFile | undefined> {
  return (await findFiles(trx, tenant, [digest])).get(digest);
}

/** Those that are there. */
export async function findFiles(trx: Trx, tenant: TenantId, digests: readonly string[]): Promise<ReadonlyMap<string, StoredFile>> {
  if (digests.length === 0) return new Map();
  const rows = await trx
    .selectFrom('evidence_file')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('digest', 'in', [...new Set(digests)])
    .execute();
  return new Map(
    rows.map(({ digest, blob, size, stored_at: storedAt }) => [
      digest,
      { digest, storedAt, blob: { tenant, id: blobId(blob), size: Number(size) } },
    ]),
  );
}

/** What is being uploaded, or was. */
export type BegunBlob = Blob & { readonly digest: string };

export async function findBlob(trx: Trx, tenant: TenantId, id: BlobId): Promise<BegunBlob | undefined> {
  const row = await trx
    .selectFrom('evidence_blob')
    .select(['digest', 'size'])
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && { tenant, id, digest: row.digest, size: Number(row.size) };
}

export async function insertBlob(trx: Trx, { tenant, id, size, digest }: BegunBlob, by: string, at: Date): Promise<void> {
  await trx
    .insertInto('evidence_blob')
    .values({ tenant, id, digest, size: BigInt(size), begun_by: by, begun_at: at })
    .execute();
}

export async function deleteBlob(trx: Trx, { tenant, id }: Blob): Promise<void> {
  await trx.deleteFrom('evidence_blob').where('tenant', '=', tenant).where('id', '=', id).execute();
}

/** Makes a blob the file of its digest; false when another is it already. */
export async function insertFile(trx: Trx, { tenant, id, size, digest }: BegunBlob, at: Date): Promise<boolean> {
  const inserted = await trx
    .insertInto('evidence_file')
    .values({ tenant, digest, size: BigInt(size), blob: id, stored_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .returning('digest')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** As if it had just been uploaded: it is kept for as long. */
export async function keepFile(trx: Trx, tenant: TenantId, digest: string, at: Date): Promise<void> {
  await trx.updateTable('evidence_file').set({ stored_at: at }).where('tenant', '=', tenant).where('digest', '=', digest).execute();
}

export async function deleteFile(trx: Trx, tenant: TenantId, digest: string): Promise<void> {
  await trx.deleteFrom('evidence_file').where('tenant', '=', tenant).where('digest', '=', digest).execute();
}

/** Whether some published bundle has it. */
export async function isPublished(trx: Trx, tenant: TenantId, digest: string): Promise<boolean> {
  const row = await trx
    .selectFrom('evidence_bundle_file')
    .select('name')
    .where('tenant', '=', tenant)
    .where('digest', '=', digest)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function blobId(text: string): BlobId {
  if (isId('blob', text)) return text;
  throw new Error(`the row of a file names the malformed blob \`${text}\``);
}
