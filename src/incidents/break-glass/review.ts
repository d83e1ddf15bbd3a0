import { z } from 'zod';
import { type BreakGlassId, isId } from '../../core/index.ts';
import { type AnyCommand, defineCommand, knownResource, unknownResource } from '../../govern/index.ts';
import { findIncident } from '../store.ts';
import { type BreakGlass, REVIEWS_NEEDED, secondsLeft, verdicts } from './model.ts';
import { findBreakGlass, holdReviews, insertReview, reviewsOf } from './store.ts';

const args = z.strictObject({
  breakGlassId: z.string().refine((id): id is BreakGlassId => isId('breakglass', id), 'is not a break-glass id'),
  verdict: z.enum(verdicts),
  /** Length is judged by policy; this bounds it. */
  comment: z.string().max(2_000),
});

/** It is judged as a part of the record, so that auditors may. */
const PURPOSE = 'record';

/** `breakglass.review`: one of the people who judge an emergency afterwards. */
export const reviewBreakGlass: AnyCommand = defineCommand<
  z.infer<typeof args>,
  { declared: BreakGlass; earlier: number },
  { breakGlassId: BreakGlassId; verdict: string; reviewed: boolean }
>({
  action: 'breakglass.review',
  args,
  personal: ['comment'],
  load: async (trx, { breakGlassId: id, comment }, scope) => {
    const { tenant } = scope.actor;
    const described = { type: 'breakglass', id, purpose: PURPOSE };
    await holdReviews(trx, tenant, id);
    const declared = await findBreakGlass(trx, tenant, id);
    const incident = declared && (await findIncident(trx, tenant, declared.incidentId));
    if (declared === undefined || incident === undefined) return unknownResource(scope, described);
    const reviewers = (await reviewsOf(trx, tenant, id)).map(({ reviewer }) => reviewer);
    const left = secondsLeft(declared, scope.now);
    const { region, category, severity } = incident;
    return {
      resource: knownResource(scope, { ...described, region, category, severity }),
      facts: { request: { comment }, breakGlass: { id, active: left > 0, secondsLeft: left, declaredBy: declared.declaredBy, reviewers } },
      about: [`incident:${incident.id}`],
      state: { declared, earlier: reviewers.length },
    };
  },
  effect: async (trx, { verdict, comment }, { declared, earlier }, { actor, now, seal }) => {
    const sealed = seal(comment, { column: 'break_glass_review.comment', row: `${declared.id} ${actor.id}` });
    const { id: breakGlassId } = declared;
    await insertReview(trx, actor.tenant, { breakGlassId, reviewer: actor.id, verdict, comment: sealed, reviewedAt: now });
    const reviewed = earlier + 1 >= REVIEWS_NEEDED;
    return {
      result: { breakGlassId: declared.id, verdict, reviewed },
      record: { verdict, comment, declaredBy: declared.declaredBy, reviews: earlier + 1, reviewed },
    };
  },
});
