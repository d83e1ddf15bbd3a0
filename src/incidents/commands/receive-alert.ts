import { z } from 'zod';
import { type IncidentId, type JsonObject, newId } from '../../core/index.ts';
import { type AnyCommand, defineCommand, type Effect, knownResource, type Scope } from '../../govern/index.ts';
import type { Trx } from '../../storage/index.ts';
import { type Classification, classify } from '../classification.ts';
import { graver, type Incident } from '../model.ts';
import {
  type AlertKey,
  endAlert,
  findAlert,
  holdGroup,
  insertAlert,
  insertIncident,
  lockIncident,
  lockOpenIncidentOf,
  markResolved,
  type NewAlert,
  type StoredAlert,
  setSeverity,
} from '../store.ts';
import { PURPOSE } from './parts.ts';

const labels = z.record(z.string(), z.string());
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const args = z.strictObject({
  source: z.string(),
  groupKey: z.string(),
  fingerprint: z.string(),
  status: z.enum(['firing', 'resolved']),
  startsAt: moment,
  endsAt: moment.nullable(),
  labels,
  annotations: labels,
});
type Received = z.infer<typeof args>;

/** What is known of an alert before it is decided on; `incidentId` is the one it belongs to or will, null when there is none to belong to. */
type State = { readonly alert: StoredAlert | undefined; readonly incident: Incident | undefined; readonly incidentId: IncidentId | null };

/**
 * `alert.receive`: one alert of a delivery. Deliveries come at least once and in any order, so every case has an outcome, and
 * the ones that change nothing are ledgered with their reason like the rest.
 */
export function receiveAlert(classification: Classification): AnyCommand {
  return defineCommand<Received, State, { outcome: string; incidentId: string | null }>({
    action: 'alert.receive',
    args,
    load: async (trx, received, scope) => {
      const state = await findState(trx, received, scope);
      const { severity, category } = classify(received.labels, classification);
      return {
        resource: knownResource(scope, {
          type: 'alert',
          id: received.fingerprint,
          purpose: PURPOSE,
          severity,
          category,
          region: received.labels['region'] ?? null,
        }),
        facts: {},
        about: state.incidentId === null ? [] : [`incident:${state.incidentId}`],
        state,
      };
    },
    effect: (trx, received, state, scope) =>
      received.status === 'firing' ? fire(trx, received, state, scope, classification) : end(trx, received, state, scope),
  });
}

async function findState(trx: Trx, received: Received, scope: Scope): Promise<State> {
  const { tenant } = scope.actor;
  await holdGroup(trx, tenant, received.groupKey);
  const alert = await findAlert(trx, tenant, keyOf(received));
  const incident = await incidentOf(trx, tenant, received, alert);
  const opens = alert === undefined && incident === undefined && received.status === 'firing';
  return { alert, incident, incidentId: incident?.id ?? (opens ? newId('incident', scope.now) : null) };
}

async function incidentOf(trx: Trx, tenant: string, received: Received, alert: StoredAlert | undefined): Promise<Incident | undefined> {
  if (alert === undefined) return lockOpenIncidentOf(trx, tenant, received.groupKey);
  return alert.incidentId === null ? undefined : lockIncident(trx, tenant, alert.incidentId);
}

function keyOf({ groupKey, fingerprint, startsAt }: Received): AlertKey {
  return { groupKey, fingerprint, startsAt };
}

type Outcome = Effect<{ outcome: string; incidentId: string | null }>;

function outcome(name: string, incidentId: string | null, received: Received, more: JsonObject = {}): Outcome {
  const { source, status, labels: alertLabels, annotations } = received;
  return {
    result: { outcome: name, incidentId },
    record: {
      outcome: name,
      incidentId,
      source,
      status,
      startsAt: received.startsAt.toISOString(),
      labels: alertLabels,
      annotations,
      ...more,
    },
  };
}

async function fire(trx: Trx, received: Received, state: State, scope: Scope, classification: Classification): Promise<Outcome> {
  const { alert, incident, incidentId } = state;
  if (alert !== undefined || incidentId === null) {
    return outcome('duplicate', incidentId, received, { reason: `this alert was received before and is ${alert?.status}` });
  }
  const { severity, category } = classify(received.labels, classification);
  const { tenant } = scope.actor;
  if (incident === undefined) {
    await insertIncident(trx, tenant, { ...newIncident(received, scope), id: incidentId, severity, category });
  } else if (graver(severity, incident.severity) !== incident.severity) {
    await setSeverity(trx, tenant, incidentId, severity);
  }
  await insertAlert(trx, tenant, { ...newAlert(received, scope), incidentId, status: 'FIRING', endsAt: null });
  return outcome(incident === undefined ? 'opened' : 'attached', incidentId, received, { severity, category });
}

async function end(trx: Trx, received: Received, { alert, incident, incidentId }: State, scope: Scope): Promise<Outcome> {
  const { tenant } = scope.actor;
  const endsAt = received.endsAt ?? scope.now;
  if (alert === undefined) {
    // Kept, so that its firing, which is still on its way, opens nothing that nobody would ever close.
    await insertAlert(trx, tenant, { ...newAlert(received, scope), incidentId: null, status: 'RESOLVED', endsAt });
    return outcome('ignored', null, received, { reason: 'it ended before we ever saw it fire' });
  }
  if (alert.status === 'RESOLVED') return outcome('duplicate', incidentId, received, { reason: 'its end was received before' });
  const firing = await endAlert(trx, tenant, alert, endsAt);
  const open = incident !== undefined && !['RESOLVED', 'CLOSED'].includes(incident.status);
  if (firing > 0 || !open) return outcome('alert_ended', incidentId, received, { stillFiring: firing });
  await markResolved(trx, tenant, incident.id, scope.actor.id, scope.now);
  return outcome('resolved', incidentId, received, { stillFiring: 0 });
}

function newAlert(received: Received, scope: Scope): Omit<NewAlert, 'incidentId' | 'status' | 'endsAt'> {
  const { labels: alertLabels, annotations } = received;
  return {
    ...keyOf(received),
    id: newId('alert', scope.now),
    labels: JSON.stringify(alertLabels),
    annotations: JSON.stringify(annotations),
  };
}

function newIncident(received: Received, scope: Scope): Omit<Incident, 'id' | 'severity' | 'category'> {
  const { labels: alertLabels, annotations } = received;
  return {
    title: (annotations['summary'] ?? alertLabels['alertname'] ?? 'alert without a name').slice(0, 300),
    status: 'DETECTED',
    region: alertLabels['region'] ?? null,
    source: received.source,
    groupKey: received.groupKey,
    detectedAt: scope.now,
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    resolvedBy: null,
  };
}
