import { sql } from 'kysely';
import { type BreakGlassId, isId } from '../../core/index.ts';
import type { Trx } from '../../storage/index.ts';
import { incidentId, oneOf } from '../rows.ts';
import { type BreakGlass, type BreakGlassReview, REVIEW_WITHIN_MS, REVIEWS_NEEDED, verdicts } from './model.ts';

type Row = { id: string; incident_id: string; declared_by: string; justification: string; declared_at: Date; expires_at: Date };

export async function insertBreakGlass(trx: Trx, tenant: string, declared: BreakGlass): Promise<void> {
  await trx
    .insertInto('break_glass')
    .values({
      tenant,
      id: declared.id,
      incident_id: declared.incidentId,
      declared_by: declared.declaredBy,
      justification: declared.justification,
      declared_at: declared.declaredAt,
      expires_at: declared.expiresAt,
    })
    .execute();
}

export async function findBreakGlass(trx: Trx, tenant: string, id: string): Promise<BreakGlass | undefined> {
  const row = await trx.selectFrom('break_glass').selectAll().where('tenant', '=', tenant).where('id', '=', id).executeTakeFirst();
  return row && toBreakGlass(row);
}

/** Makes reviews of one emergency queue until the transaction ends. Its row is written once, so it is its name that is held. */
export async function holdReviews(trx: Trx, tenant: string, id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`break-glass\n${tenant}\n${id}`}, 0))`.execute(trx);
}

/** The emergency of an actor on an incident that held at a moment. */
export async function breakGlassOf(
  trx: Trx,
  tenant: string,
  { incidentId: incident, actor, at }: { incidentId: string; actor: string; at: Date },
): Promise<BreakGlass | undefined> {
  const row = await trx
    .selectFrom('break_glass')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('incident_id', '=', incident)
    .where('declared_by', '=', actor)
    .where('declared_at', '<=', at)
    .where('expires_at', '>', at)
    .orderBy('expires_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toBreakGlass(row);
}

/** How many of an actor's emergencies ended longer ago than reviews may take, and lack some. */
export async function overdueOf(trx: Trx, tenant: string, actor: string, at: Date): Promise<number> {
  const { overdue } = await trx
    .selectFrom('break_glass')
    .select((select) => select.fn.countAll<bigint>().as('overdue'))
    .where('tenant', '=', tenant)
    .where('declared_by', '=', actor)
    .where('expires_at', '<', new Date(at.getTime() - REVIEW_WITHIN_MS))
    .where(({ selectFrom }) => {
      const reviews = selectFrom('break_glass_review as review')
        .select((select) => select.fn.countAll<bigint>().as('number'))
        .whereRef('review.tenant', '=', 'break_glass.tenant')
        .whereRef('review.break_glass_id', '=', 'break_glass.id');
      return sql<boolean>`${reviews} < ${REVIEWS_NEEDED}`;
    })
    .executeTakeFirstOrThrow();
  return Number(overdue);
}

/** Newest first; one more than asked tells whether there is a next page. */
export async function listBreakGlasses(
  trx: Trx,
  tenant: string,
  { first, after }: { readonly first: number; readonly after: string | null },
): Promise<BreakGlass[]> {
  let query = trx
    .selectFrom('break_glass')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('id', 'desc')
    .limit(first + 1);
  if (after !== null) query = query.where('id', '<', after);
  return (await query.execute()).map(toBreakGlass);
}

export async function insertReview(trx: Trx, tenant: string, review: BreakGlassReview): Promise<void> {
  const { breakGlassId: id, reviewer, verdict, comment, reviewedAt } = review;
  await trx
    .insertInto('break_glass_review')
    .values({ tenant, break_glass_id: id, reviewer, verdict, comment, reviewed_at: reviewedAt })
    .execute();
}

/** Its reviews, oldest first. */
export async function reviewsOf(trx: Trx, tenant: string, id: BreakGlassId): Promise<BreakGlassReview[]> {
  const rows = await trx
    .selectFrom('break_glass_review')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('break_glass_id', '=', id)
    .orderBy('reviewed_at')
    .orderBy('reviewer')
    .execute();
  return rows.map(({ reviewer, verdict, comment, reviewed_at }) => ({
    breakGlassId: id,
    reviewer,
    verdict: oneOf(verdicts, verdict),
    comment,
    reviewedAt: reviewed_at,
  }));
}

function toBreakGlass(row: Row): BreakGlass {
  const { id } = row;
  if (!isId('breakglass', id)) throw new Error(`the database holds the break-glass id \`${id}\``);
  return {
    id,
    incidentId: incidentId(row.incident_id),
    declaredBy: row.declared_by,
    justification: row.justification,
    declaredAt: row.declared_at,
    expiresAt: row.expires_at,
  };
}
