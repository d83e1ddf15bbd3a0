export type { Check, CheckName, Report } from './report.ts';
export { type VerifyRequest, verifyBundle } from './verify.ts';
