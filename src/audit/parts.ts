import type { Ledger, ShowCheckpoint } from '../ledger/index.ts';
import type { Vault } from '../vault/index.ts';

/** What the reads of the ledger are made of. */
export type AuditParts = {
  readonly ledger: Ledger;
  readonly vault: Vault;
  readonly shown: ShowCheckpoint;
};
