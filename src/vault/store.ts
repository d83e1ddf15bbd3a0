import { sql } from 'kysely';
import type { Trx } from '../storage/index.ts';
import type { Owner, WrappedKey } from './wrapping.ts';

/**
 * A subject's key, held until the transaction ends: who erases it waits for those who seal with it. Weaker than `for share`, so that a
 * rotation, which changes no column of the key, waits for nobody.
 */
export async function holdKey(trx: Trx, { tenant, subject }: Owner): Promise<WrappedKey | undefined> {
  const row = await trx
    .selectFrom('subject_key')
    .select(['wrapped_key', 'master_key_id'])
    .where('tenant', '=', tenant)
    .where('subject', '=', subject)
    .forKeyShare()
    .executeTakeFirst();
  return row && { wrapped: row.wrapped_key, masterKeyId: row.master_key_id };
}

/** False: another transaction made one first. */
export async function insertKey(trx: Trx, { tenant, subject }: Owner, { wrapped, masterKeyId }: WrappedKey, at: Date): Promise<boolean> {
  const made = await trx
    .insertInto('subject_key')
    .values({ tenant, subject, wrapped_key: wrapped, master_key_id: masterKeyId, created_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .returning('subject')
    .executeTakeFirst();
  return made !== undefined;
}

export type KeyRow = Owner & WrappedKey;

/** The keys of some subjects; those that were erased are not among them. */
export async function readKeys(trx: Trx, tenant: string, subjects: readonly string[]): Promise<KeyRow[]> {
  const rows = await trx
    .selectFrom('subject_key')
    .select(['subject', 'wrapped_key', 'master_key_id'])
    .where('tenant', '=', tenant)
    .where('subject', '=', sql<string>`any(${[...subjects]}::text[])`)
    .execute();
  return rows.map((row) => ({ tenant, subject: row.subject, wrapped: row.wrapped_key, masterKeyId: row.master_key_id }));
}

/** Up to `limit` keys that another master key wraps, locked; those that somebody else has locked are passed over. */
export async function lockKeysNotUnder(trx: Trx, tenant: string, masterKeyId: string, limit: number): Promise<KeyRow[]> {
  const rows = await trx
    .selectFrom('subject_key')
    .select(['subject', 'wrapped_key', 'master_key_id'])
    .where('tenant', '=', tenant)
    .where('master_key_id', '!=', masterKeyId)
    .orderBy('subject')
    .limit(limit)
    .forNoKeyUpdate()
    .skipLocked()
    .execute();
  return rows.map((row) => ({ tenant, subject: row.subject, wrapped: row.wrapped_key, masterKeyId: row.master_key_id }));
}

export async function updateKeys(trx: Trx, tenant: string, keys: readonly KeyRow[]): Promise<void> {
  await sql`
    update subject_key set wrapped_key = new.wrapped, master_key_id = new.master
    from unnest(${keys.map((key) => key.subject)}::text[], ${keys.map((key) => key.wrapped)}::text[],
      ${keys.map((key) => key.masterKeyId)}::text[]) as new (subject, wrapped, master)
    where subject_key.tenant = ${tenant} and subject_key.subject = new.subject`.execute(trx);
}

/** How many of a tenant's keys each master key wraps. */
export async function countKeys(trx: Trx, tenant: string): Promise<{ readonly masterKeyId: string; readonly count: number }[]> {
  const rows = await trx
    .selectFrom('subject_key')
    .select((select) => ['master_key_id', select.fn.countAll<bigint>().as('count')])
    .where('tenant', '=', tenant)
    .groupBy('master_key_id')
    .orderBy('master_key_id')
    .execute();
  return rows.map((row) => ({ masterKeyId: row.master_key_id, count: Number(row.count) }));
}

/** How many there were: 1 or 0. Waits for transactions that hold it. */
export async function deleteKey(trx: Trx, { tenant, subject }: Owner): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('subject_key')
    .where('tenant', '=', tenant)
    .where('subject', '=', subject)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

export type DisclosureRow = { readonly entryId: string; readonly path: string; readonly subject: string; readonly sealed: string };

export async function insertDisclosures(trx: Trx, tenant: string, rows: readonly DisclosureRow[]): Promise<void> {
  await trx
    .insertInto('ledger_disclosure')
    .values(rows.map(({ entryId, path, subject, sealed }) => ({ tenant, entry_id: entryId, path, subject, sealed })))
    .execute();
}

export async function readDisclosures(trx: Trx, tenant: string, entryIds: readonly string[]): Promise<DisclosureRow[]> {
  const rows = await trx
    .selectFrom('ledger_disclosure')
    .select(['entry_id', 'path', 'subject', 'sealed'])
    .where('tenant', '=', tenant)
    .where('entry_id', '=', sql<string>`any(${[...entryIds]}::text[])`)
    .orderBy('entry_id')
    .orderBy('path')
    .execute();
  return rows.map((row) => ({ entryId: row.entry_id, path: row.path, subject: row.subject, sealed: row.sealed }));
}

export async function deleteDisclosures(trx: Trx, { tenant, subject }: Owner): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('ledger_disclosure')
    .where('tenant', '=', tenant)
    .where('subject', '=', subject)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
