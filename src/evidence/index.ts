export { type BuildRequest, type BuiltBundle, buildBundle } from './build.ts';
export { generateKeyPair, type KeyPairFiles } from './keys/generate.ts';
export type { Manifest } from './manifest.ts';
export { exportOscal, type OscalExport, type OscalRequest } from './oscal/export.ts';
export { type SignedBundle, type SignRequest, signBundle } from './sign.ts';
export { signFile } from './sign-file.ts';
