import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { type Clock, epochSeconds } from '../../core/index.ts';
import type { DeviceTrust } from '../identity.ts';
import { devIdentity } from './identities.ts';
import { readDevKeys } from './signing-key.ts';
import { acrPassword, devAlgorithm, devAudience, devTokenClaims, devTokenSeconds } from './token-claims.ts';

export type MintOptions = {
  readonly dataDir: string;
  /** The URL of the dev issuer whose token it shall be. */
  readonly issuer: string;
  /** `responder@alpha`, or a role alone for the one in `alpha`. */
  readonly identity: string;
  readonly acr?: string;
  readonly deviceTrust?: DeviceTrust;
  readonly sessionRisk?: number;
  readonly ttlSeconds?: number;
  readonly clock: Clock;
};

/**
 * An access token as the dev issuer would give after a sign-in this moment, made with its key and without it running.
 *
 * @throws DevIssuerError
 */
export async function mintDevToken(options: MintOptions): Promise<string> {
  const identity = devIdentity(options.identity);
  const { keys } = await readDevKeys(options.dataDir);
  const now = epochSeconds(options.clock.now());
  const claims = devTokenClaims(
    {
      ...identity,
      deviceTrust: options.deviceTrust ?? identity.deviceTrust,
      sessionRisk: options.sessionRisk ?? identity.sessionRisk,
    },
    { acr: options.acr ?? acrPassword, authTime: now },
  );
  return new SignJWT({ ...claims, client_id: 'countersign-cli' })
    .setProtectedHeader({ alg: devAlgorithm, typ: 'at+jwt', kid: keys[0].kid ?? '' })
    .setIssuer(options.issuer)
    .setSubject(identity.id)
    .setAudience(devAudience)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + (options.ttlSeconds ?? devTokenSeconds))
    .sign(await importJWK(keys[0], devAlgorithm));
}
