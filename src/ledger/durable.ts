import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
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
export async function assertDurable(trx: Trx, log: string): Promise<void> {
  const { rows } = await sql<{ position: string; durable: boolean }>`
    select p::text as position, ledger_is_durable(p) as durable from pg_current_wal_flush_lsn() p`.execute(trx);
  const { position = '', durable = false } = rows[0] ?? {};
  for (let tries = 0, done = durable; !done; tries += 1) {
    if (tries === TRIES) throw notDurable(log, position);
    await delay(PAUSE_MILLISECONDS);
    const answer = await sql<{ durable: boolean }>`select ledger_is_durable(${position}::pg_lsn) as durable`.execute(trx);
    done = answer.rows[0]?.durable === true;
  }
}

function notDurable(log: string, position: string): LedgerError {
  return new LedgerError('ledger.not_durable', `log \`${log}\` is not signed: no synchronous standby confirms that it has ${position}`, {
    remedy: 'see pg_stat_replication and synchronous_standby_names; the owner of the tables needs the role pg_read_all_stats',
  });
}
