import { type IncidentId, isId, isJsonObject, type JsonObject, type OrchestrationId } from '../core/index.ts';
import {
  type Category,
  categories,
  type Incident,
  type IncidentStatus,
  incidentStatuses,
  type Orchestration,
  type OrchestrationStage,
  type OrchestrationStatus,
  orchestrationStages,
  orchestrationStatuses,
  type Severity,
  severities,
} from './model.ts';

/** Rows are narrowed here, once: constraints of the database say the same, and what contradicts them is a fault of ours. */
export function oneOf<T extends string>(allowed: readonly T[], value: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`the database holds \`${value}\` where one of ${allowed.join(', ')} must be`);
  return found;
}

export function incidentId(value: string): IncidentId {
  if (!isId('incident', value)) throw new Error(`the database holds the incident id \`${value}\``);
  return value;
}

function orchestrationId(value: string): OrchestrationId {
  if (!isId('orchestration', value)) throw new Error(`the database holds the orchestration id \`${value}\``);
  return value;
}

function jsonObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new Error('the database holds JSON that is not an object');
  return value;
}

export type IncidentRow = {
  id: string;
  title: string;
  status: string;
  severity: string;
  category: string;
  region: string | null;
  source: string;
  group_key: string | null;
  detected_at: Date;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  resolved_at: Date | null;
  resolved_by: string | null;
};

export function toIncident(row: IncidentRow): Incident {
  return {
    id: incidentId(row.id),
    title: row.title,
    status: oneOf<IncidentStatus>(incidentStatuses, row.status),
    severity: oneOf<Severity>(severities, row.severity),
    category: oneOf<Category>(categories, row.category),
    region: row.region,
    source: row.source,
    groupKey: row.group_key,
    detectedAt: row.detected_at,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    resolvedAt: row.resolved_at,
    resolvedBy: row.resolved_by,
  };
}

export type OrchestrationRow = {
  id: string;
  incident_id: string;
  stage: string;
  status: string;
  adapter: string;
  simulated: boolean;
  operation: string;
  targets: string[];
  parameters: string;
  justification: string;
  proposed_by: string;
  proposed_at: Date;
  difference: string | null;
  dry_run_passed: boolean | null;
  dry_run_at: Date | null;
  run_id: string | null;
  executed_by: string | null;
  executed_at: Date | null;
  outcome: string | null;
};

export function toOrchestration(row: OrchestrationRow): Orchestration {
  return {
    id: orchestrationId(row.id),
    incidentId: incidentId(row.incident_id),
    stage: oneOf<OrchestrationStage>(orchestrationStages, row.stage),
    status: oneOf<OrchestrationStatus>(orchestrationStatuses, row.status),
    adapter: row.adapter,
    simulated: row.simulated,
    operation: row.operation,
    targets: row.targets,
    parameters: jsonObject(row.parameters),
    justification: row.justification,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    difference: row.difference === null ? null : jsonObject(row.difference),
    dryRunPassed: row.dry_run_passed,
    dryRunAt: row.dry_run_at,
    runId: row.run_id,
    executedBy: row.executed_by,
    executedAt: row.executed_at,
    outcome: row.outcome === null ? null : jsonObject(row.outcome),
  };
}
