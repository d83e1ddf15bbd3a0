import { type TenantId, tenantId } from '../core/index.ts';
import { connectOnce, type Database } from '../storage/index.ts';
import type { MasterKeys } from './master-keys.ts';
import { countKeys, lockKeysNotUnder, updateKeys } from './store.ts';
import { rewrap } from './wrapping.ts';

const BATCH = 500;

/** `remaining`: data keys by the master key, other than the newest, that still wraps them; none when the older ones may be destroyed. */
export type Rotation = { readonly rewrapped: number; readonly remaining: Readonly<Record<string, number>> };

export type RotateOptions = {
  readonly batch?: number;
  /** Told after each batch, which is committed then, how many there have been. */
  readonly onProgress?: (rewrapped: number) => void;
};

/**
 * Wraps every data key of some tenants under the newest master key, a batch a transaction: it can be ended at any time and goes on where
 * it was. Beside running gateways; who seals waits for nothing.
 *
 * @throws VaultError `vault.master_key_unknown`, `vault.tampered`
 */
export async function rotate(
  database: Database,
  keys: MasterKeys,
  tenants: readonly TenantId[],
  { batch = BATCH, onProgress }: RotateOptions = {},
): Promise<Rotation> {
  let rewrapped = 0;
  const remaining: Record<string, number> = {};
  for (const tenant of tenants) {
    for (;;) {
      const moved = await rotateBatch(database, keys, tenant, batch);
      if (moved === 0) break;
      rewrapped += moved;
      onProgress?.(rewrapped);
    }
    for (const { masterKeyId, count } of await database.transaction(tenant, (trx) => countKeys(trx, tenant)))
      if (masterKeyId !== keys.newest.id) remaining[masterKeyId] = (remaining[masterKeyId] ?? 0) + count;
  }
  return { rewrapped, remaining };
}

function rotateBatch(database: Database, keys: MasterKeys, tenant: TenantId, limit: number): Promise<number> {
  return database.transaction(tenant, async (trx) => {
    const rows = await lockKeysNotUnder(trx, tenant, keys.newest.id, limit);
    const moved = rows.map((row) => ({ tenant, subject: row.subject, ...rewrap(keys, row, row) }));
    if (moved.length > 0) await updateKeys(trx, tenant, moved);
    return moved.length;
  });
}

/** Tenants in which somebody has a key, as the role that owns the tables sees them. */
export async function listKeyTenants(ownerUrl: string): Promise<TenantId[]> {
  const client = await connectOnce(ownerUrl);
  try {
    const { rows } = await client.query<{ tenant: string }>('select distinct tenant from subject_key order by tenant');
    return rows.map(({ tenant }) => tenantId(tenant));
  } finally {
    await client.end();
  }
}
