import type { BlobId, TenantId } from '../../core/index.ts';

/** One file's bytes, by the tenant they belong to and the place that was given out for them. */
export type Blob = { readonly tenant: TenantId; readonly id: BlobId; readonly size: number };

/** An item may have so many bytes (docs/evidence-format.md). */
export const MAX_FILE_BYTES = 5 * 1024 ** 3;

/** Where bytes are kept. Every method works with a few MiB of memory, however large the file. */
export type FileStore = {
  /** Keeps all of `content`, or, when it ends with an error, nothing; the error is thrown on. @throws CatalogError `evidence.store_unavailable` */
  put(blob: Blob, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes, in order. @throws CatalogError `evidence.file_damaged`, `evidence.store_unavailable`, while they are read */
  open(blob: Blob): AsyncIterable<Uint8Array>;
  /** Removes whatever is there, a half upload as well; nothing there is no error. */
  remove(blob: Blob): Promise<void>;
};
