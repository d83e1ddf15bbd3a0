export { openFollowers } from './followers.ts';
export { openIssuers } from './issuers.ts';
export { measureLedger } from './ledger-health.ts';
export { openDatabase, openJobs, openTelemetry, readLedgerKey, readMasterKeys, readParts, startLedger } from './parts.ts';
export { followActivations, readPolicies } from './policies.ts';
export { StopList } from './stop-list.ts';
export { devWebhookTokenFile } from './webhooks.ts';
export { startWitnessing } from './witnessing.ts';
