export { announceBreakGlass } from './announce.ts';
export { declareBreakGlass } from './declare.ts';
export { aboutItsBreakGlass, underBreakGlass } from './in-force.ts';
export { type BreakGlass, type BreakGlassReview, REVIEWS_NEEDED, secondsLeft } from './model.ts';
export { reviewBreakGlass } from './review.ts';
export { findBreakGlass, listBreakGlasses, reviewsOf } from './store.ts';
