import { sql } from 'kysely';
import type { Database } from '../storage/index.ts';

/** How the ledger of an installation does, over all logs. Moments are null where there is nothing of the kind. */
export type LedgerHealth = {
  /** Committed entries without a place. */
  readonly waiting: number;
  readonly oldestWaiting: Date | null;
  /** Logs whose newest entries no checkpoint covers. */
  readonly unsignedLogs: number;
  readonly oldestUnsigned: Date | null;
  readonly newestCheckpoint: Date | null;
  /** Entries that could not be sequenced, ever: each is worth an inquiry. */
  readonly quarantined: number;
};

type Row = {
  waiting: bigint;
  oldest_waiting: Date | null;
  unsigned_logs: bigint;
  oldest_unsigned: Date | null;
  newest_checkpoint: Date | null;
  quarantined: bigint;
};

export async function ledgerHealth(database: Database): Promise<LedgerHealth> {
  const { rows } = await database.untenanted((db) => sql<Row>`select * from ledger_health()`.execute(db));
  const [row] = rows;
  if (row === undefined) throw new Error('ledger_health() gave no row');
  return {
    waiting: Number(row.waiting),
    oldestWaiting: row.oldest_waiting,
    unsignedLogs: Number(row.unsigned_logs),
    oldestUnsigned: row.oldest_unsigned,
    newestCheckpoint: row.newest_checkpoint,
    quarantined: Number(row.quarantined),
  };
}
