import { sql } from 'kysely';
import { type TenantId, tenantId } from '../core/index.ts';
import type { Database } from '../storage/index.ts';

/** A log and the size of its newest signed checkpoint. */
export type SignedHead = { readonly log: TenantId; readonly size: number };

/** Every log that has a checkpoint. Tells their names and sizes only: row-level security shows the application one tenant at a time. */
export async function signedHeads(database: Database): Promise<SignedHead[]> {
  const { rows } = await database.untenanted((db) =>
    sql<{ tenant: string; size: bigint }>`select tenant, size from ledger_heads() order by tenant`.execute(db),
  );
  return rows.map(({ tenant, size }) => ({ log: tenantId(tenant), size: Number(size) }));
}
