export { cosignCommands } from './cosign.ts';
export { readPolicy, type VerifyPolicy } from './policy.ts';
export type { Check, CheckName, Report, Requirement, Signature } from './report.ts';
export { type Signers, signersOfKeys } from './signers/index.ts';
export { archiveSource } from './source/archive.ts';
export { folderSource } from './source/folder.ts';
export type { BundleSource, Reading, SourceFile } from './source/source.ts';
export { type Unpacked, type UnpackRequest, unpackArchive } from './unpack.ts';
export { type VerifyRequest, verifyBundle } from './verify.ts';
