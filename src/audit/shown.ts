import type { TenantId } from '../core/index.ts';
import type { SequencedLeaf } from '../ledger/index.ts';
import type { Trx } from '../storage/index.ts';
import type { Disclosure, Vault } from '../vault/index.ts';

/** An entry as a read answers it: what the log holds, and what people wrote in it but for what was erased. */
export type ShownEntry = {
  readonly seq: number;
  readonly leafHash: string;
  readonly body: string;
  readonly disclosures: readonly Disclosure[];
};

export async function showEntries(trx: Trx, vault: Vault, log: TenantId, leaves: readonly SequencedLeaf[]): Promise<ShownEntry[]> {
  const ids = leaves.map(({ entryId }) => entryId);
  const found = await vault.disclosuresOf(trx, log, ids);
  return leaves.map(({ seq, entryId, hash, body }) => ({
    seq,
    leafHash: hash.toString('hex'),
    body: body.toString('utf8'),
    disclosures: found.get(entryId) ?? [],
  }));
}
