import { sql } from 'kysely';
import type { TenantId } from '../../core/index.ts';
import type { Database } from '../../storage/index.ts';
import { latestCheckpoint } from '../store.ts';
import { TILE_WIDTH } from '../tile-path.ts';

/** Up to where a log can be stored away so that nothing from a moment on, and nothing without a moment, goes with it. */
export function archiveCut(database: Database, log: TenantId, before: Date): Promise<number> {
  return database.transaction(log, async (trx) => {
    const signed = (await latestCheckpoint(trx, log))?.size ?? 0;
    const { rows } = await sql<{ seq: bigint }>`
      select seq from ledger_leaf where tenant = ${log} and (at >= ${before.toISOString()} or at is null) order by seq limit 1`.execute(
      trx,
    );
    const end = Math.min(Number(rows[0]?.seq ?? signed), signed);
    return end - (end % TILE_WIDTH);
  });
}
