import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import { LedgerError } from './errors.ts';

const TRIES = 20;
const PAUSE_MILLISECONDS = 50;

/**
 * Waits, for about a second, until all that is committed here is flushed wherever it has to be: on the synchronous standbys where there
 * are any. As a rule that is so already; not after a wait for them was cancelled, or the server restarted without them.
 *
 * @throws LedgerError `ledger.not_durable`
 */
export async function assertDurable(trx: Trx, log: TenantId): Promise<void> {
  const { rows } = await sql<{ position: string }>`select pg_current_wal_flush_lsn()::text as position`.execute(trx);
  const position = rows[0]?.position ?? '';
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await delay(PAUSE_MILLISECONDS);
    const answer = await sql<{ durable: boolean }>`select ledger_is_durable(${position}::pg_lsn) as durable`.execute(trx);
    if (answer.rows[0]?.durable === true) return;
  }
  throw new LedgerError('ledger.not_durable', `log \`${log}\` is not signed: no synchronous standby confirms that it has ${position}`, {
    remedy: 'see pg_stat_replication and synchronous_standby_names; the owner of the tables needs the role pg_read_all_stats',
  });
}
