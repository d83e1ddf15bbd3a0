import { sql } from 'kysely';
import { isId, tenantId } from '../../src/core/index.ts';
import { type Entry, LedgerError, type Receipt } from '../../src/ledger/index.ts';
import { connectOnce, type Trx } from '../../src/storage/index.ts';
import type { LedgerParts } from './gateway.ts';
import type { Intent } from './journal.ts';

/** The business of the load: one row for each entry, in the same transaction. `position` only makes recent rows quick to find. */
export async function createEffectTable(ownerUrl: string): Promise<void> {
  const client = await connectOnce(ownerUrl);
  try {
    await client.query(`
      create table chaos_effect (
        tenant text not null, entry_id text not null, position bigint generated always as identity unique, primary key (tenant, entry_id));
      grant select, insert on chaos_effect to countersign_app`);
  } finally {
    await client.end();
  }
}

/** Only from what the intent says, so that a retry has the same content. */
function entryFor({ id, ts, way, bytes }: Intent, note = ''): Entry {
  if (!isId('entry', id)) throw new RangeError(`\`${id}\` is not the id of an entry`);
  const padding = id.repeat(Math.ceil(bytes / id.length)).slice(0, bytes);
  return { id, ts, type: `chaos.${way}`, subject: `chaos:${bytes % 10}`, actor: { id: 'chaos', kind: 'service' }, data: { note, padding } };
}

/**
 * Commits effect and entry and waits for the place; or has an entry without an effect recorded. Whoever repeats it, because no
 * answer came, must get the same place: the effect is there once (as an idempotency key would see to), and so is the entry.
 */
export async function carryOut({ database, ledger }: LedgerParts, intent: Intent): Promise<Receipt> {
  const log = tenantId(intent.log);
  const entry = entryFor(intent);
  if (intent.way === 'record') return ledger.record(log, entry);
  await database.transaction(log, async (trx) => {
    await insertEffect(trx, intent);
    await ledger.append(trx, log, entry);
  });
  return ledger.acknowledge(log, entry.id);
}

async function insertEffect(trx: Trx, { log, id }: Intent): Promise<void> {
  await sql`insert into chaos_effect (tenant, entry_id) values (${log}, ${id}) on conflict do nothing`.execute(trx);
}

/** Appends other content under an id that is taken; undefined when it is refused as it must be, else what happened. */
export async function tryConflict({ database, ledger }: LedgerParts, intent: Intent): Promise<string | undefined> {
  const log = tenantId(intent.log);
  try {
    await database.transaction(log, (trx) => ledger.append(trx, log, entryFor(intent, 'other content')));
  } catch (error) {
    if (error instanceof LedgerError) return error.code === 'ledger.conflict' ? undefined : `refused with \`${error.code}\``;
    throw error; // the database is away: nothing is known
  }
  return `other content under the id \`${intent.id}\` was taken`;
}
