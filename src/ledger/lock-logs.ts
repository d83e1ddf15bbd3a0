import { sql } from 'kysely';
import { type Trx, withNext } from '../storage/index.ts';

/** Rows that somebody else holds: left to them, or waited for. */
export type Patience = 'skip' | 'wait';

/**
 * Locks one row of each log until the transaction ends, in one order, so that no two wait for each other; the tenants of the transaction
 * are from then on the logs whose rows it holds, and row-level security sees to the rest. What is read is to be read by a statement of its
 * own, after the locks: one that waited would show what was before.
 */
export async function lockLogs(
  trx: Trx,
  table: 'ledger_head' | 'ledger_signing',
  logs: readonly string[],
  patience: Patience,
): Promise<void> {
  await sql`${sql.raw(withNext)} select set_config('countersign.tenant', coalesce(string_agg(tenant, ','), ''), true) from (
    select tenant from ${sql.table(table)} where tenant = any(string_to_array(${logs.join(',')}, ',')) order by tenant
    for update ${sql.raw(patience === 'skip' ? 'skip locked' : '')}
  ) held`.execute(trx);
}
