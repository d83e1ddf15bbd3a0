import type { IncidentId, JsonObject, OrchestrationId } from '../core/index.ts';

export const severities = ['P0', 'P1', 'P2', 'P3', 'P4'] as const;
export type Severity = (typeof severities)[number];

/** Seed 004 §1.1. */
export const categories = [
  'security_breach',
  'data_leak',
  'service_outage',
  'compliance_violation',
  'performance_degradation',
  'authentication_failure',
  'authorization_failure',
  'system_error',
] as const;
export type Category = (typeof categories)[number];

export const incidentStatuses = ['DETECTED', 'ACKNOWLEDGED', 'INVESTIGATING', 'RESOLVED', 'CLOSED'] as const;
export type IncidentStatus = (typeof incidentStatuses)[number];

export const orchestrationStages = ['SUGGEST', 'DRY_RUN', 'APPROVE', 'EXECUTE'] as const;
export type OrchestrationStage = (typeof orchestrationStages)[number];

export const orchestrationStatuses = [
  'PROPOSED',
  'DRY_RUNNING',
  'DRY_RUN_PASSED',
  'DRY_RUN_FAILED',
  'APPROVED',
  'REJECTED',
  'EXECUTING',
  'EXECUTED',
  'EXECUTION_FAILED',
  // Nobody answered: it may or may not have been done.
  'EXECUTION_UNKNOWN',
] as const;
export type OrchestrationStatus = (typeof orchestrationStatuses)[number];

export type Incident = {
  readonly id: IncidentId;
  readonly title: string;
  readonly status: IncidentStatus;
  readonly severity: Severity;
  readonly category: Category;
  readonly region: string | null;
  /** Who or what reported it, e.g. `alertmanager:prod`. */
  readonly source: string;
  readonly groupKey: string | null;
  readonly detectedAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
};

/** What is to be done, by whom it is done for us, and to what. */
export type Remedy = {
  readonly adapter: string;
  readonly operation: string;
  readonly targets: readonly string[];
  readonly parameters: JsonObject;
};

export type Orchestration = Remedy & {
  readonly id: OrchestrationId;
  readonly incidentId: IncidentId;
  readonly stage: OrchestrationStage;
  readonly status: OrchestrationStatus;
  /** True: its adapter only pretends. Said wherever the orchestration shows. */
  readonly simulated: boolean;
  readonly justification: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  /** What the last dry run said it would change. */
  readonly difference: JsonObject | null;
  readonly dryRunPassed: boolean | null;
  readonly dryRunAt: Date | null;
  readonly runId: string | null;
  readonly executedBy: string | null;
  readonly executedAt: Date | null;
  readonly outcome: JsonObject | null;
};

/** The graver of two: P0 before P1. */
export function graver(one: Severity, other: Severity): Severity {
  return severities.indexOf(one) <= severities.indexOf(other) ? one : other;
}
