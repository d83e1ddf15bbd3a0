import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { IssuerSettings } from '../config/index.ts';
import type { ClaimedToken } from './bearer.ts';
import { AuthError } from './errors.ts';

/**
 * The claims of a token, once its issuer's signature, audience and times hold.
 *
 * The algorithm comes first: an unsigned token, or one signed with HMAC over the public key, never reaches a key.
 *
 * @throws AuthError
 */
export async function verifyToken(
  claimed: ClaimedToken,
  issuer: IssuerSettings,
  findKey: JWTVerifyGetKey,
  time: { now: Date; clockSkewSeconds: number },
): Promise<JWTPayload> {
  assertAlgorithm(claimed.algorithm, issuer.algorithms);
  try {
    const { payload } = await jwtVerify(claimed.token, findKey, {
      algorithms: issuer.algorithms,
      issuer: issuer.issuer,
      audience: issuer.audience,
      requiredClaims: ['exp', 'sub'],
      currentDate: time.now,
      clockTolerance: time.clockSkewSeconds,
    });
    return payload;
  } catch (thrown) {
    throw refusalOf(thrown);
  }
}

function assertAlgorithm(algorithm: string, allowed: readonly string[]): void {
  if (allowed.includes(algorithm)) return;
  throw new AuthError(
    'auth.algorithm_refused',
    `the algorithm \`${algorithm}\` is not one of ${allowed.map((name) => `\`${name}\``).join(', ')}`,
  );
}

function refusalOf(thrown: unknown): AuthError {
  if (thrown instanceof AuthError) return thrown;
  const options = { cause: thrown };
  if (thrown instanceof errors.JWTExpired) return new AuthError('auth.token_expired', 'the token has expired', options);
  if (thrown instanceof errors.JWTClaimValidationFailed) return claimRefusal(thrown);
  if (thrown instanceof errors.JWSSignatureVerificationFailed) {
    return new AuthError('auth.signature_invalid', 'the signature of the token does not verify', options);
  }
  if (thrown instanceof errors.JWKSMultipleMatchingKeys) {
    return new AuthError('auth.key_unknown', 'the token names no key and its issuer has several', options);
  }
  if (thrown instanceof errors.JWSInvalid || thrown instanceof errors.JWTInvalid || thrown instanceof errors.JOSENotSupported) {
    return new AuthError('auth.token_malformed', 'the token is not a JWT that can be verified', options);
  }
  // What is left is a key that the platform refuses (too short, not a public key): the issuer's fault, not the caller's.
  return new AuthError('auth.issuer_unavailable', 'the key of the issuer cannot be used', options);
}

function claimRefusal(cause: errors.JWTClaimValidationFailed): AuthError {
  if (cause.claim === 'nbf' && cause.reason === 'check_failed') {
    return new AuthError('auth.token_not_yet_valid', 'the token is not valid yet', { cause });
  }
  if (cause.claim === 'aud') return new AuthError('auth.audience_mismatch', 'the token is meant for another audience', { cause });
  const problem = cause.reason === 'missing' ? 'is missing' : 'is not what it must be';
  return new AuthError('auth.claims_invalid', `the claim \`${cause.claim}\` ${problem}`, { cause });
}
