export { type VerifiedCheckpoint, verifyCheckpoint } from './checkpoint.ts';
export { VerifyError } from './errors.ts';
export { type VerifyExportOptions, verifyExport } from './export.ts';
export type { Fault, Note } from './fault.ts';
export { type ProofFile, verifyProof } from './proof.ts';
export { type LogReport, type VerifyOptions, verifyLog } from './verify-log.ts';
