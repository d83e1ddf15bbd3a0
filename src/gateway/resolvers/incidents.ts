import { isId } from '../../core/index.ts';
import { GovernError } from '../../govern/index.ts';
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
import type { GatewayContext } from '../context.ts';
import type { Resolvers } from '../schema.gen.ts';

const MAX_PAGE = 100;

/** Incidents and their remedies, as rows of the caller's own tenant. */
export const incidentResolvers: Resolvers = {
  Query: {
    incident: (_source, { id }, context) =>
      isId('incident', id) ? inTenant(context, (trx, tenant) => findIncident(trx, tenant, id)) : null,
    orchestration: (_source, { id }, context) =>
      isId('orchestration', id) ? inTenant(context, (trx, tenant) => findOrchestration(trx, tenant, id)) : null,
    incidents: async (_source, { first, after, status }, context) => {
      const page: IncidentPage = { first: pageSize(first), after: cursor(after), status: status ?? null };
      return toConnection((await inTenant(context, (trx, tenant) => listIncidents(trx, tenant, page))) ?? [], page.first);
    },
  },
  Incident: {
    orchestrations: async ({ id }, _args, context) => (await inTenant(context, (trx, tenant) => orchestrationsOf(trx, tenant, id))) ?? [],
  },
  Orchestration: {
    incident: ({ incidentId }, _args, context) => existing(inTenant(context, (trx, tenant) => findIncident(trx, tenant, incidentId))),
    planHash: (orchestration, _args, { parts, identity }) =>
      orchestration.dryRunPassed === true
        ? currentPlanHash(orchestration, parts.policies.engineFor(identity.actor.tenant).version.revision)
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

type Work<T> = (
  trx: Parameters<Parameters<GatewayContext['parts']['database']['transaction']>[1]>[0],
  tenant: string,
) => Promise<T | undefined>;

async function inTenant<T>({ parts, identity }: GatewayContext, work: Work<T>): Promise<T | null> {
  const { tenant } = identity.actor;
  return (await parts.database.transaction(tenant, (trx) => work(trx, tenant))) ?? null;
}

async function existing<T>(row: Promise<T | null>): Promise<T> {
  const found = await row;
  if (found === null) throw new Error('a row that a foreign key points at is missing');
  return found;
}

async function resultRow<T>(id: unknown, find: (id: string) => Promise<T | null>): Promise<T | null> {
  return typeof id === 'string' ? find(id) : null;
}

function pageSize(first: number | null | undefined): number {
  const size = first ?? 20;
  if (size >= 1 && size <= MAX_PAGE) return size;
  throw new GovernError('govern.invalid_arguments', `\`first\` is ${size}`, {
    remedy: `ask for 1 to ${MAX_PAGE} and page on with \`after\``,
  });
}

function cursor(after: string | null | undefined): string | null {
  if (after === null || after === undefined || isId('incident', after)) return after ?? null;
  throw new GovernError('govern.invalid_arguments', '`after` is not a cursor', { remedy: 'send the `endCursor` of the page before' });
}

function toConnection(
  rows: readonly Incident[],
  first: number,
): { edges: { cursor: string; node: Incident }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } {
  const edges = rows.slice(0, first).map((node) => ({ cursor: node.id, node }));
  return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null } };
}
