import { type Kysely, sql } from 'kysely';
import type { JsonObject } from '../core/index.ts';
import type { Decision } from '../govern/index.ts';
import type { Database } from '../storage/index.ts';
import type { Metrics } from '../telemetry/index.ts';

/** Counts published bundles by their verdict, and promotions that were refused for what the release shows, by the rule that did. */
export function measureEvidence(metrics: Metrics): (decision: Decision, result: JsonObject | null) => void {
  // Shown from the start: an alert on an increase needs a zero to increase from.
  for (const verdict of ['PASSED', 'FAILED']) metrics.evidencePublished.inc({ verdict }, 0);
  for (const rule of refusals) metrics.evidenceRefused.inc({ rule }, 0);
  return ({ action, result: decided, ruleId }, result) => {
    if (action === 'evidence.publish' && result?.['first'] === true) metrics.evidencePublished.inc({ verdict: String(result['verdict']) });
    if (action === 'evidence.promote' && decided !== 'ALLOW' && refusals.includes(ruleId)) metrics.evidenceRefused.inc({ rule: ruleId });
  };
}

const refusals = ['published', 'verified', 'complete', 'waivers_hold', 'fresh'].map((rule) => `evidence.${rule}`);

/** What operators are told of the newest release of every tenant together. */
export type EvidenceHealth = {
  readonly missing: number /** When the first of the waivers in use ends. */;
  readonly waivedUntil: Date | null;
};

export async function evidenceHealth(database: Database): Promise<EvidenceHealth> {
  type Row = { missing: bigint; waived_until: Date | null };
  const query = (db: Kysely<never>) => sql<Row>`select missing, waived_until from evidence_health()`.execute(db);
  const { rows } = await database.untenanted((db) => query(db.withTables<never>()));
  return { missing: Number(rows[0]?.missing ?? 0), waivedUntil: rows[0]?.waived_until ?? null };
}
