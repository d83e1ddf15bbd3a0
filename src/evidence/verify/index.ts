export type { Requirement } from './contract/judge.ts';
export { EvidenceVerifyError } from './errors.ts';
export { readPolicy, type VerifyPolicy } from './policy.ts';
export type { Check, CheckName, Report } from './report.ts';
export { archiveSource } from './source/archive.ts';
export { folderSource } from './source/folder.ts';
export type { BundleSource, SourceFile } from './source/source.ts';
export { type VerifyRequest, verifyBundle } from './verify.ts';
