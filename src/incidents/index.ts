export { type Adapter, type Adapters, type HttpAgentOptions, httpAgent, type Run, type RunResult, simulate } from './adapters/index.ts';
export {
  announceBreakGlass,
  type BreakGlass,
  type BreakGlassReview,
  findBreakGlass,
  listBreakGlasses,
  REVIEWS_NEEDED,
  reviewsOf,
  secondsLeft,
} from './break-glass/index.ts';
export { type CalendarFacts, calendarAt } from './calendar.ts';
export { type Classification, classificationSchema, classify } from './classification.ts';
export { incidentCommands } from './commands/index.ts';
export { currentPlanHash, type IncidentParts } from './commands/parts.ts';
export { dryRunQueue, executeQueue } from './commands/runs.ts';
export { IncidentError } from './errors.ts';
export { freezeAt } from './freezes.ts';
export { receiveDelivery } from './intake.ts';
export { measureOrchestrations } from './measure.ts';
export type { Incident, IncidentStatus, Orchestration, OrchestrationStatus } from './model.ts';
export { approvalsOf, findOrchestration, orchestrationsOf } from './orchestration-store.ts';
export { findIncident, type IncidentPage, listIncidents } from './store.ts';
export { startIncidentWorkers } from './workers.ts';
