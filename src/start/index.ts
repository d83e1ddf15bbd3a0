export { openCatalog } from './evidence.ts';
export { openFollowers } from './followers.ts';
export { openIssuers } from './issuers.ts';
export { startLedger } from './ledger.ts';
export { openDatabase, openJobs, openTelemetry, readParts } from './parts.ts';
export { followActivations, readPolicies } from './policies.ts';
export { StopList } from './stop-list.ts';
export { devWebhookTokenFile } from './webhooks.ts';
