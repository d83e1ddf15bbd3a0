import { decodeJwt, decodeProtectedHeader } from 'jose';
import { AuthError } from './errors.ts';

const maxTokenLength = 16_384;

/** What a token says of itself before anything is checked: enough to choose the issuer, worth nothing else. */
export type ClaimedToken = { readonly token: string; readonly algorithm: string; readonly issuer: string };

/**
 * Reads `Authorization: Bearer <JWT>`.
 *
 * @throws AuthError `auth.token_missing` without bearer credentials, `auth.token_malformed` when they are not a signed JWT.
 */
export function readBearer(authorization: string | undefined): ClaimedToken {
  const token = credentials(authorization ?? '');
  if (token === undefined) {
    throw new AuthError('auth.token_missing', 'the request carries no bearer token', { remedy: 'send `Authorization: Bearer <token>`' });
  }
  if (token.length > maxTokenLength) throw malformed(`the token is longer than ${maxTokenLength} bytes`);
  // The signature may be empty here: an unsigned token is refused later by the name of its algorithm.
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) throw malformed('the token is not a signed JWT');
  return { token, ...decode(token) };
}

function credentials(authorization: string): string | undefined {
  return /^Bearer +(?<token>.*)$/is.exec(authorization.trim())?.groups?.['token'];
}

function decode(token: string): { algorithm: string; issuer: string } {
  const { header, claims } = parts(token);
  if (typeof header.alg !== 'string') throw malformed('the token names no `alg`');
  if (!isAccessTokenType(header.typ)) throw malformed('the `typ` of the token is neither `at+jwt` nor `JWT`');
  if (typeof claims.iss !== 'string') throw malformed('the token names no `iss`');
  return { algorithm: header.alg, issuer: claims.iss };
}

function parts(token: string) {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch (cause) {
    throw malformed('the token is not a signed JWT', cause);
  }
}

/** Keeps out tokens of another purpose (`logout+jwt`, `dpop+jwt`, …). Some issuers leave `typ` away, which RFC 7519 allows. */
function isAccessTokenType(typ: unknown): boolean {
  if (typ === undefined) return true;
  return typeof typ === 'string' && ['at+jwt', 'jwt'].includes(typ.toLowerCase().replace(/^application\//, ''));
}

function malformed(message: string, cause?: unknown): AuthError {
  return new AuthError('auth.token_malformed', message, { cause });
}
