import { sql } from 'kysely';
import type { TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';

/** One change of a tenant's catalog at a time: what a decision has read stays so until it is recorded. */
export async function lockCatalog(trx: Trx, tenant: TenantId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`evidence\n${tenant}`}, 0))`.execute(trx);
}
