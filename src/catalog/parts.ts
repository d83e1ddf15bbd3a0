import type { Clock } from '../core/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Database } from '../storage/index.ts';
import type { FileStore } from './files/file-store.ts';
import type { Verifications, Verifier } from './verifying.ts';

/** What the catalog is made of. */
export type CatalogParts = {
  readonly database: Database;
  readonly files: FileStore;
  readonly jobs: Pick<Jobs, 'enqueue'>;
  readonly clock: Clock;
  readonly verify: Verifier;
  readonly verifications: Verifications;
};
