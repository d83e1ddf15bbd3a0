import { z } from 'zod';
import { epochSeconds, type IncidentId, isId, type OrchestrationId } from '../../core/index.ts';
import { knownResource, type Loaded, type Scope, unknownResource } from '../../govern/index.ts';
import type { Facts, Resource } from '../../policy/index.ts';
import type { Trx } from '../../storage/index.ts';
import type { Adapters } from '../adapters/index.ts';
import type { CalendarFacts } from '../calendar.ts';
import type { Incident, Orchestration } from '../model.ts';
import { approvalsOf, lockOrchestration } from '../orchestration-store.ts';
import { planHash } from '../plan.ts';
import { holdIncident } from '../store.ts';

/** What the commands of this domain need beside the transaction. */
export type IncidentParts = {
  readonly adapters: Adapters;
  /** The tenant's own calendar and clocks at a moment. */
  readonly calendarOf: (tenant: string, at: Date) => CalendarFacts;
  readonly freezeOf: (tenant: string, at: Date) => { active: boolean; until: string; reason: string };
};

export const PURPOSE = 'incident-response';

export const incidentIdArg = z.string().refine((id): id is IncidentId => isId('incident', id), 'is not an incident id');
export const orchestrationIdArg = z.string().refine((id): id is OrchestrationId => isId('orchestration', id), 'is not an orchestration id');
/** Length is judged by policy; this bounds it. */
export const justificationArg = z.string().max(2_000);
export const planHashArg = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits');

function incidentResource(scope: Scope, incident: Incident): Resource {
  const { id, region, category, severity } = incident;
  return knownResource(scope, { type: 'incident', id, purpose: PURPOSE, region, category, severity });
}

/** An incident, locked by the caller, as a command loads it. */
export function loadedIncident(scope: Scope, id: string, incident: Incident | undefined): Loaded<Incident> {
  if (incident === undefined) return unknownResource(scope, { type: 'incident', id, purpose: PURPOSE });
  return { resource: incidentResource(scope, incident), facts: { incident: { status: incident.status } }, state: incident };
}

/** An orchestration locked, with the facts that every rule about it may ask for, and its incident's timeline told of it. */
export async function loadOrchestration(trx: Trx, id: string, scope: Scope, request: Facts['request']): Promise<Loaded<Orchestration>> {
  const tenant = scope.actor.tenant;
  const orchestration = await lockOrchestration(trx, tenant, id);
  const incident = orchestration && (await holdIncident(trx, tenant, orchestration.incidentId));
  if (orchestration === undefined || incident === undefined) return unknownResource(scope, { type: 'orchestration', id, purpose: PURPOSE });
  const { region, category, severity } = incident;
  return {
    resource: knownResource(scope, { type: 'orchestration', id, purpose: PURPOSE, region, category, severity }),
    facts: {
      ...orchestrationFacts(orchestration, scope),
      incident: { status: incident.status },
      approvals: await approvalsOf(trx, tenant, id),
      ...(request && { request }),
    },
    about: [`incident:${incident.id}`],
    state: orchestration,
  };
}

function orchestrationFacts(orchestration: Orchestration, scope: Scope): Facts {
  const { status, proposedBy, simulated, dryRunPassed, dryRunAt } = orchestration;
  const facts: Facts = {
    orchestration: { status, proposedBy, planHash: currentPlanHash(orchestration, scope.policy.digest), simulated },
  };
  if (dryRunPassed === null || dryRunAt === null) return facts;
  // Another gateway's clock may be a moment ahead of ours.
  return { ...facts, dryRun: { passed: dryRunPassed, ageSeconds: Math.max(0, epochSeconds(scope.now) - epochSeconds(dryRunAt)) } };
}

/** The hash of the plan as it stands under a policy; null before a dry run has said what would change. */
export function currentPlanHash(orchestration: Orchestration, policyDigest: string): string | null {
  return orchestration.difference === null ? null : planHash(orchestration, orchestration.difference, policyDigest);
}
