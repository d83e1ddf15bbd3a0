import type { Trx } from '../storage/index.ts';

/** A decision that a candidate policy would have made otherwise; `decided` and `wouldDecide` are result and rule. */
export type Divergence = {
  readonly decisionId: string;
  /** The candidate's digest. */
  readonly candidate: string;
  readonly action: string;
  readonly decided: string;
  readonly wouldDecide: string;
  readonly at: Date;
};

export async function insertDivergence(trx: Trx, tenant: string, divergence: Divergence): Promise<void> {
  const { decisionId, candidate, action, decided, wouldDecide, at } = divergence;
  await trx
    .insertInto('policy_divergence')
    .values({ tenant, decision_id: decisionId, candidate, action, decided, would_decide: wouldDecide, at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The newest first. */
export async function divergencesOf(trx: Trx, tenant: string, limit: number): Promise<Divergence[]> {
  const rows = await trx
    .selectFrom('policy_divergence')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('at', 'desc')
    .orderBy('decision_id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    decisionId: row.decision_id,
    candidate: row.candidate,
    action: row.action,
    decided: row.decided,
    wouldDecide: row.would_decide,
    at: row.at,
  }));
}
