import type { Database } from '../../storage/index.ts';
import { CatalogError } from '../errors.ts';
import type { Blob, FileStore } from './file-store.ts';
import { inParts } from './in-parts.ts';

const PART_BYTES = 1024 ** 2;

/**
 * Bytes in rows of 1 MiB. Each row is a transaction of its own: an upload that takes an hour holds no connection, no lock and no snapshot
 * for an hour.
 */
export function postgresFiles(database: Database): FileStore {
  const remove = async ({ tenant, id }: Blob): Promise<void> => {
    await database.transaction(tenant, (trx) =>
      trx.deleteFrom('evidence_chunk').where('tenant', '=', tenant).where('blob', '=', id).execute(),
    );
  };
  return {
    put: async (blob, content) => {
      try {
        let part = 0;
        for await (const bytes of inParts(content, PART_BYTES)) {
          await insertPart(database, blob, part, bytes);
          part += 1;
        }
      } catch (error) {
        await remove(blob).catch(() => undefined); // the first error is the one to tell; the job looks again later
        throw error;
      }
    },
    open: async function* (blob) {
      for (let part = 0; part * PART_BYTES < blob.size; part += 1) yield await readPart(database, blob, part);
    },
    remove,
  };
}

async function insertPart(database: Database, { tenant, id }: Blob, part: number, bytes: Buffer): Promise<void> {
  await database.transaction(tenant, (trx) => trx.insertInto('evidence_chunk').values({ tenant, blob: id, part, bytes }).execute());
}

async function readPart(database: Database, { tenant, id, size }: Blob, part: number): Promise<Buffer> {
  const row = await database.transaction(tenant, (trx) =>
    trx
      .selectFrom('evidence_chunk')
      .select('bytes')
      .where('tenant', '=', tenant)
      .where('blob', '=', id)
      .where('part', '=', part)
      .executeTakeFirst(),
  );
  if (row?.bytes.length === Math.min(PART_BYTES, size - part * PART_BYTES)) return row.bytes;
  throw new CatalogError('evidence.file_damaged', `part ${part} of \`${id}\` is not there as it was written`, {
    remedy: 'restore the database from a backup',
  });
}
