export { type BuildRequest, type BuiltBundle, buildBundle } from './build.ts';
export type { Manifest } from './manifest.ts';
export { generateKeyPair, type KeyPairFiles } from './signing/keys/generate.ts';
export { openSigner, type SignerRequest } from './signing/open-signer.ts';
export { type SignedBundle, type SignRequest, signBundle } from './signing/sign-bundle.ts';
export { signFile } from './signing/sign-file.ts';
export type { Signer } from './signing/signer.ts';
