export { type VerifiedCheckpoint, verifyCheckpoint } from './checkpoint.ts';
export { VerifyError } from './errors.ts';
export { type VerifyExportOptions, verifyExport } from './export.ts';
export type { Fault, LogReport } from './log.ts';
export { type ProofFile, verifyProof } from './proof.ts';
