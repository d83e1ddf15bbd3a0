import { isId } from '../../core/index.ts';
import {
  type BreakGlass,
  type BreakGlassReview,
  findBreakGlass,
  findIncident,
  listBreakGlasses,
  REVIEWS_NEEDED,
  reviewsOf,
  secondsLeft,
} from '../../incidents/index.ts';
import { subjectOf } from '../../vault/index.ts';
import type { GatewayContext } from '../context.ts';
import type { Resolvers } from '../schema.gen.ts';
import { cursor, existing, inTenant, pageSize, resultRow, toConnection } from './tenant-rows.ts';

/** Emergencies and what was said of them, as rows of the caller's own tenant. */
export const breakGlassResolvers: Resolvers = {
  Query: {
    breakGlass: (_source, { id }, context) =>
      isId('breakglass', id) ? inTenant(context, (trx, tenant) => findBreakGlass(trx, tenant, id)) : null,
    breakGlasses: async (_source, { first, after }, context) => {
      const page = { first: pageSize(first), after: cursor(after, (text) => isId('breakglass', text)) };
      return toConnection((await inTenant(context, (trx, tenant) => listBreakGlasses(trx, tenant, page))) ?? [], page.first);
    },
  },
  BreakGlass: {
    incident: ({ incidentId }, _args, context) => existing(inTenant(context, (trx, tenant) => findIncident(trx, tenant, incidentId))),
    justification: ({ id, justification, declaredBy }, _args, { texts }) =>
      texts.read({ column: 'break_glass.justification', row: id, subject: subjectOf(declaredBy), text: justification }),
    active: (declared, _args, { parts }) => secondsLeft(declared, parts.clock.now()) > 0,
    reviewed: async (declared, _args, context) => (await reviews(declared, context)).length >= REVIEWS_NEEDED,
    reviews: (declared, _args, context) => reviews(declared, context),
  },
  BreakGlassReview: {
    comment: ({ breakGlassId, reviewer, comment }, _args, { texts }) =>
      texts.read({
        column: 'break_glass_review.comment',
        row: `${breakGlassId} ${reviewer}`,
        subject: subjectOf(reviewer),
        text: comment,
      }),
  },
  BreakGlassPayload: {
    breakGlass: ({ result }, _args, context) =>
      resultRow<BreakGlass>(result?.['breakGlassId'], (id) => inTenant(context, (trx, tenant) => findBreakGlass(trx, tenant, id))),
  },
};

async function reviews({ id }: BreakGlass, context: GatewayContext): Promise<BreakGlassReview[]> {
  return (await inTenant(context, (trx, tenant) => reviewsOf(trx, tenant, id))) ?? [];
}
