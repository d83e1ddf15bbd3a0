import type { ApprovalId, OrchestrationId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import type { Orchestration, OrchestrationStage, OrchestrationStatus } from './model.ts';
import { toOrchestration } from './rows.ts';

export async function insertOrchestration(trx: Trx, tenant: string, orchestration: Orchestration): Promise<void> {
  await trx
    .insertInto('orchestration')
    .values({
      tenant,
      id: orchestration.id,
      incident_id: orchestration.incidentId,
      stage: orchestration.stage,
      status: orchestration.status,
      adapter: orchestration.adapter,
      simulated: orchestration.simulated,
      operation: orchestration.operation,
      targets: [...orchestration.targets],
      parameters: JSON.stringify(orchestration.parameters),
      justification: orchestration.justification,
      proposed_by: orchestration.proposedBy,
      proposed_at: orchestration.proposedAt,
    })
    .execute();
}

export async function findOrchestration(trx: Trx, tenant: string, id: string): Promise<Orchestration | undefined> {
  const row = await trx.selectFrom('orchestration').selectAll().where('tenant', '=', tenant).where('id', '=', id).executeTakeFirst();
  return row && toOrchestration(row);
}

export async function lockOrchestration(trx: Trx, tenant: string, id: string): Promise<Orchestration | undefined> {
  const row = await trx
    .selectFrom('orchestration')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toOrchestration(row);
}

/** An incident's remedies, oldest first, a hundred at most. */
export async function orchestrationsOf(trx: Trx, tenant: string, incidentId: string): Promise<Orchestration[]> {
  const rows = await trx
    .selectFrom('orchestration')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('incident_id', '=', incidentId)
    .orderBy('id')
    .limit(100)
    .execute();
  return rows.map(toOrchestration);
}

type Move = {
  readonly stage: OrchestrationStage;
  readonly status: OrchestrationStatus;
  readonly run_id?: string;
  readonly difference?: string | null;
  readonly dry_run_passed?: boolean;
  readonly dry_run_at?: Date;
  readonly executed_by?: string;
  readonly executed_at?: Date;
  readonly outcome?: string;
};

export async function moveOrchestration(trx: Trx, tenant: string, id: OrchestrationId, move: Move): Promise<void> {
  await trx.updateTable('orchestration').set(move).where('tenant', '=', tenant).where('id', '=', id).execute();
}

export type Verdict = {
  readonly id: ApprovalId;
  readonly verdict: 'APPROVED' | 'REJECTED';
  readonly planHash: string | null;
  readonly actor: string;
  readonly justification: string;
  readonly at: Date;
};

export async function insertVerdict(trx: Trx, tenant: string, orchestrationId: OrchestrationId, verdict: Verdict): Promise<void> {
  await trx
    .insertInto('approval')
    .values({
      tenant,
      id: verdict.id,
      orchestration_id: orchestrationId,
      verdict: verdict.verdict,
      plan_hash: verdict.planHash,
      actor: verdict.actor,
      justification: verdict.justification,
      at: verdict.at,
    })
    .execute();
}

/** Who approved which plan, in order. */
export async function approvalsOf(trx: Trx, tenant: string, orchestrationId: string): Promise<{ actor: string; planHash: string }[]> {
  const rows = await trx
    .selectFrom('approval')
    .select(['actor', 'plan_hash'])
    .where('tenant', '=', tenant)
    .where('orchestration_id', '=', orchestrationId)
    .where('verdict', '=', 'APPROVED')
    .orderBy('id')
    .execute();
  return rows.flatMap((row) => (row.plan_hash === null ? [] : [{ actor: row.actor, planHash: row.plan_hash }]));
}
