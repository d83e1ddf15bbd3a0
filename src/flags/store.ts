import { sql } from 'kysely';
import type { Trx } from '../storage/index.ts';

/** The switch that stops every execution of a tenant (seed 002). Enabled means engaged. */
export const KILL_SWITCH = 'remediation.kill-switch';

export type Flag = {
  readonly key: string;
  readonly enabled: boolean;
  /** Requests a second that the feature may take; null when it is not throttled. */
  readonly rateLimit: number | null;
  readonly reason: string;
  readonly setBy: string;
  readonly setAt: Date;
};

type Row = { key: string; enabled: boolean; rate_limit: number | null; reason: string; set_by: string; set_at: Date };

export async function upsertFlag(trx: Trx, tenant: string, flag: Flag): Promise<void> {
  const values = { enabled: flag.enabled, rate_limit: flag.rateLimit, reason: flag.reason, set_by: flag.setBy, set_at: flag.setAt };
  await trx
    .insertInto('flag')
    .values({ tenant, key: flag.key, ...values })
    .onConflict((conflict) => conflict.columns(['tenant', 'key']).doUpdateSet(values))
    .execute();
}

/** The flag, held until the transaction ends; its name too, as there may be no row yet: of two who make it, one sees the other's. */
export async function lockFlag(trx: Trx, tenant: string, key: string): Promise<Flag | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`flag\n${tenant}\n${key}`}, 0))`.execute(trx);
  const row = await trx.selectFrom('flag').selectAll().where('tenant', '=', tenant).where('key', '=', key).forUpdate().executeTakeFirst();
  return row && toFlag(row);
}

export async function listFlags(trx: Trx, tenant: string): Promise<Flag[]> {
  const rows = await trx.selectFrom('flag').selectAll().where('tenant', '=', tenant).orderBy('key').execute();
  return rows.map(toFlag);
}

/**
 * Whether the kill switch is engaged, held until the transaction ends: who engages it waits for executions that are being
 * decided, and whoever decides after that sees it. The row is made when there is none, or there would be nothing to hold.
 */
export async function holdKillSwitch(trx: Trx, tenant: string, at: Date): Promise<boolean> {
  const row = await trx
    .selectFrom('flag')
    .select('enabled')
    .where('tenant', '=', tenant)
    .where('key', '=', KILL_SWITCH)
    .forShare()
    .executeTakeFirst();
  if (row !== undefined) return row.enabled;
  await trx
    .insertInto('flag')
    .values({ tenant, key: KILL_SWITCH, enabled: false, rate_limit: null, reason: 'never engaged', set_by: 'system:default', set_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return holdKillSwitch(trx, tenant, at);
}

function toFlag(row: Row): Flag {
  return { key: row.key, enabled: row.enabled, rateLimit: row.rate_limit, reason: row.reason, setBy: row.set_by, setAt: row.set_at };
}
