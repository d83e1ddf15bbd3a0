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

/** What is known of an alert before it is decided on; `incidentId` is the one it belongs to, or will. */
type State = { readonly alert: StoredAlert | undefined; readonly incident: Incident | undefined; readonly incidentId: IncidentId };

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
        about: [`incident:${state.incidentId}`],
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
  const incident =
    alert === undefined ? await lockOpenIncidentOf(trx, tenant, received.groupKey) : await lockIncident(trx, tenant, alert.incidentId);
  return { alert, incident, incidentId: incident?.id ?? newId('incident', scope.now) };
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
  if (state.alert !== undefined)
    return outcome('duplicate', state.incidentId, received, { reason: `this alert was received before and is ${state.alert.status}` });
  const { severity, category } = classify(received.labels, classification);
  const { tenant } = scope.actor;
  if (state.incident === undefined) {
    await insertIncident(trx, tenant, { ...newIncident(received, scope), id: state.incidentId, severity, category });
  } else if (graver(severity, state.incident.severity) !== state.incident.severity) {
    await setSeverity(trx, tenant, state.incidentId, severity);
  }
  await insertAlert(trx, tenant, {
    ...keyOf(received),
    id: newId('alert', scope.now),
    incidentId: state.incidentId,
    labels: JSON.stringify(received.labels),
    annotations: JSON.stringify(received.annotations),
  });
  return outcome(state.incident === undefined ? 'opened' : 'attached', state.incidentId, received, { severity, category });
}

async function end(trx: Trx, received: Received, state: State, scope: Scope): Promise<Outcome> {
  if (state.alert === undefined) return outcome('ignored', null, received, { reason: 'it ended before we ever saw it fire' });
  if (state.alert.status === 'RESOLVED') return outcome('duplicate', state.incidentId, received, { reason: 'its end was received before' });
  const firing = await endAlert(trx, scope.actor.tenant, state.alert, received.endsAt ?? scope.now);
  const open = state.incident !== undefined && !['RESOLVED', 'CLOSED'].includes(state.incident.status);
  if (firing > 0 || !open) return outcome('alert_ended', state.incidentId, received, { stillFiring: firing });
  await markResolved(trx, scope.actor.tenant, state.incidentId, scope.actor.id, scope.now);
  return outcome('resolved', state.incidentId, received, { stillFiring: 0 });
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
