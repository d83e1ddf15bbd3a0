export { envelopeOf, readSigstoreBundle } from './bundle.ts';
export { signersOfKeys } from './of-keys.ts';
export type { Revocation, SignedBy, Signers, TrustedIdentity, TrustedKey } from './signers.ts';
export { ensureOver, verifyBlob, verifyEnvelope } from './verify-signature.ts';
