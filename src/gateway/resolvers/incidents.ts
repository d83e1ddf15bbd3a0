import { isId } from '../../core/index.ts';
import {
  approvalsOf,
  currentPlanHash,
  findIncident,
  findOrchestration,
  type Incident,
  type IncidentPage,
  listIncidents,
  type Orchestration,
  orchestrationsOf,
} from '../../incidents/index.ts';
import { subjectOf } from '../../vault/index.ts';
import type { Resolvers } from '../schema.gen.ts';
import { cursor, existing, inTenant, pageSize, resultRow, toConnection } from './tenant-rows.ts';

/** Incidents and their remedies, as rows of the caller's own tenant. */
export const incidentResolvers: Resolvers = {
  Query: {
    incident: (_source, { id }, context) =>
      isId('incident', id) ? inTenant(context, (trx, tenant) => findIncident(trx, tenant, id)) : null,
    orchestration: (_source, { id }, context) =>
      isId('orchestration', id) ? inTenant(context, (trx, tenant) => findOrchestration(trx, tenant, id)) : null,
    incidents: async (_source, { first, after, status }, context) => {
      const page: IncidentPage = { first: pageSize(first), after: cursor(after, (text) => isId('incident', text)), status: status ?? null };
      return toConnection((await inTenant(context, (trx, tenant) => listIncidents(trx, tenant, page))) ?? [], page.first);
    },
  },
  Incident: {
    orchestrations: async ({ id }, _args, context) => (await inTenant(context, (trx, tenant) => orchestrationsOf(trx, tenant, id))) ?? [],
  },
  Orchestration: {
    incident: ({ incidentId }, _args, context) => existing(inTenant(context, (trx, tenant) => findIncident(trx, tenant, incidentId))),
    justification: ({ id, justification, proposedBy }, _args, { texts }) =>
      texts.read({ column: 'orchestration.justification', row: id, subject: subjectOf(proposedBy), text: justification }),
    planHash: (orchestration, _args, { parts, identity }) =>
      orchestration.dryRunPassed === true
        ? currentPlanHash(orchestration, parts.policies.engineFor(identity.actor.tenant).version.digest)
        : null,
    approvals: async ({ id }, _args, context) => (await inTenant(context, (trx, tenant) => approvalsOf(trx, tenant, id))) ?? [],
  },
  IncidentPayload: {
    incident: ({ result }, _args, context) =>
      resultRow<Incident>(result?.['incidentId'], (id) => inTenant(context, (trx, tenant) => findIncident(trx, tenant, id))),
  },
  OrchestrationPayload: {
    orchestration: ({ result }, _args, context) =>
      resultRow<Orchestration>(result?.['orchestrationId'], (id) => inTenant(context, (trx, tenant) => findOrchestration(trx, tenant, id))),
  },
};
