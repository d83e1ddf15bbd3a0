import type { BreakGlassId, IncidentId } from '../../core/index.ts';

/** A declared emergency: for its minutes its declarer goes around the ordinary brakes on one incident. Written once, never changed. */
export type BreakGlass = {
  readonly id: BreakGlassId;
  readonly incidentId: IncidentId;
  readonly declaredBy: string;
  readonly justification: string;
  readonly declaredAt: Date;
  /** The first moment at which it holds no longer. */
  readonly expiresAt: Date;
};

export const verdicts = ['JUSTIFIED', 'NOT_JUSTIFIED'] as const;
export type ReviewVerdict = (typeof verdicts)[number];

export type BreakGlassReview = {
  readonly breakGlassId: BreakGlassId;
  readonly reviewer: string;
  readonly verdict: ReviewVerdict;
  readonly comment: string;
  readonly reviewedAt: Date;
};

/** How many reviews an emergency needs, whatever they say. */
export const REVIEWS_NEEDED = 2;
/** How long its reviews may take before its declarer may declare no other. */
export const REVIEW_WITHIN_MS = 72 * 3_600_000;

/** Whole seconds that it still holds, the begun one too; 0 when it has ended. */
export function secondsLeft({ expiresAt }: Pick<BreakGlass, 'expiresAt'>, at: Date): number {
  return Math.max(0, Math.ceil((expiresAt.getTime() - at.getTime()) / 1000));
}
