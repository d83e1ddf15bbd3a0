import { sql } from 'kysely';
import type { AlertId, IncidentId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import type { Incident, IncidentStatus, Severity } from './model.ts';
import { toIncident } from './rows.ts';

export type AlertKey = { readonly groupKey: string; readonly fingerprint: string; readonly startsAt: Date };
export type StoredAlert = { readonly id: string; readonly incidentId: string | null; readonly status: string };

/** Makes deliveries of one alert group queue until the transaction ends: HA pairs of Alertmanager deliver at the same moment. */
export async function holdGroup(trx: Trx, tenant: string, groupKey: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${tenant}\n${groupKey}`}, 0))`.execute(trx);
}

export async function findIncident(trx: Trx, tenant: string, id: string): Promise<Incident | undefined> {
  const row = await trx.selectFrom('incident').selectAll().where('tenant', '=', tenant).where('id', '=', id).executeTakeFirst();
  return row && toIncident(row);
}

/** An incident that stays as it is, its severity for one, until the transaction ends; others may hold it too. */
export async function holdIncident(trx: Trx, tenant: string, id: string): Promise<Incident | undefined> {
  const row = await trx.selectFrom('incident').selectAll().where('tenant', '=', tenant).where('id', '=', id).forShare().executeTakeFirst();
  return row && toIncident(row);
}

export async function lockIncident(trx: Trx, tenant: string, id: string): Promise<Incident | undefined> {
  const row = await trx.selectFrom('incident').selectAll().where('tenant', '=', tenant).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toIncident(row);
}

export async function lockOpenIncidentOf(trx: Trx, tenant: string, groupKey: string): Promise<Incident | undefined> {
  const row = await trx
    .selectFrom('incident')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('group_key', '=', groupKey)
    .where('status', 'not in', ['RESOLVED', 'CLOSED'])
    .forUpdate()
    .executeTakeFirst();
  return row && toIncident(row);
}

export type IncidentPage = { readonly after: string | null; readonly first: number; readonly status: IncidentStatus | null };

/** Newest first: ids sort by the moment they were made. One more than asked tells whether there is a next page. */
export async function listIncidents(trx: Trx, tenant: string, page: IncidentPage): Promise<Incident[]> {
  let query = trx
    .selectFrom('incident')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('id', 'desc')
    .limit(page.first + 1);
  if (page.after !== null) query = query.where('id', '<', page.after);
  if (page.status !== null) query = query.where('status', '=', page.status);
  return (await query.execute()).map(toIncident);
}

export async function insertIncident(trx: Trx, tenant: string, incident: Incident): Promise<void> {
  await trx
    .insertInto('incident')
    .values({
      tenant,
      id: incident.id,
      title: incident.title,
      status: incident.status,
      severity: incident.severity,
      category: incident.category,
      region: incident.region,
      source: incident.source,
      group_key: incident.groupKey,
      detected_at: incident.detectedAt,
      acknowledged_at: null,
      acknowledged_by: null,
      resolved_at: null,
      resolved_by: null,
    })
    .execute();
}

export async function setSeverity(trx: Trx, tenant: string, id: IncidentId, severity: Severity): Promise<void> {
  await trx.updateTable('incident').set({ severity }).where('tenant', '=', tenant).where('id', '=', id).execute();
}

export async function markAcknowledged(trx: Trx, tenant: string, id: IncidentId, by: string, at: Date): Promise<void> {
  await trx
    .updateTable('incident')
    .set({ status: 'ACKNOWLEDGED', acknowledged_at: at, acknowledged_by: by })
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .execute();
}

export async function markResolved(trx: Trx, tenant: string, id: IncidentId, by: string, at: Date): Promise<void> {
  await trx
    .updateTable('incident')
    .set({ status: 'RESOLVED', resolved_at: at, resolved_by: by })
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .execute();
}

export async function findAlert(trx: Trx, tenant: string, key: AlertKey): Promise<StoredAlert | undefined> {
  const row = await trx
    .selectFrom('alert')
    .select(['id', 'incident_id', 'status'])
    .where('tenant', '=', tenant)
    .where('group_key', '=', key.groupKey)
    .where('fingerprint', '=', key.fingerprint)
    .where('starts_at', '=', key.startsAt)
    .executeTakeFirst();
  return row && { id: row.id, incidentId: row.incident_id, status: row.status };
}

export type NewAlert = AlertKey & {
  readonly id: AlertId;
  /** Null for one that ended before it was seen to fire. */
  readonly incidentId: IncidentId | null;
  readonly status: 'FIRING' | 'RESOLVED';
  readonly labels: string;
  readonly annotations: string;
  readonly endsAt: Date | null;
};

export async function insertAlert(trx: Trx, tenant: string, alert: NewAlert): Promise<void> {
  await trx
    .insertInto('alert')
    .values({
      tenant,
      id: alert.id,
      incident_id: alert.incidentId,
      group_key: alert.groupKey,
      fingerprint: alert.fingerprint,
      starts_at: alert.startsAt,
      status: alert.status,
      labels: alert.labels,
      annotations: alert.annotations,
      ends_at: alert.endsAt,
    })
    .execute();
}

/** Ends an alert and says how many of its incident still fire. */
export async function endAlert(trx: Trx, tenant: string, alert: StoredAlert, endsAt: Date): Promise<number> {
  await trx
    .updateTable('alert')
    .set({ status: 'RESOLVED', ends_at: endsAt })
    .where('tenant', '=', tenant)
    .where('id', '=', alert.id)
    .execute();
  const { firing } = await trx
    .selectFrom('alert')
    .select((select) => select.fn.countAll<bigint>().as('firing'))
    .where('tenant', '=', tenant)
    .where('incident_id', '=', alert.incidentId)
    .where('status', '=', 'FIRING')
    .executeTakeFirstOrThrow();
  return Number(firing);
}
