export { type Authenticator, type AuthRequest, createAuthenticator } from './authenticate.ts';
export { stepUpChallenge } from './challenge.ts';
export { DevIssuerError, type DevIssuerErrorCode } from './dev/errors.ts';
export { type DevIdentity, devIdentities } from './dev/identities.ts';
export { type DevIssuer, type DevIssuerOptions, startDevIssuer } from './dev/issuer.ts';
export { type MintOptions, mintDevToken } from './dev/mint.ts';
export { acrMultiFactor, acrPassword } from './dev/token-claims.ts';
export { AuthError, type AuthErrorCode } from './errors.ts';
export {
  type AccessContext,
  type Actor,
  type Channel,
  type DeviceTrust,
  type Identity,
  type Role,
  roles,
  serviceActor,
  serviceContext,
} from './identity.ts';
