import { isJsonObject } from '../core/index.ts';
import { AuthError } from './errors.ts';
import { fetchJson } from './fetch-json.ts';

/**
 * Where an issuer publishes its keys: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
 *
 * @throws AuthError `auth.issuer_unavailable`, also when the document speaks for another issuer.
 */
export async function discoverJwksUri(issuer: string, fetcher: typeof fetch): Promise<string> {
  const document = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, fetcher);
  if (!isJsonObject(document)) throw unusable(issuer, 'is not a JSON object');
  if (document['issuer'] !== issuer) throw unusable(issuer, 'states another issuer');
  const uri = document['jwks_uri'];
  if (typeof uri !== 'string' || !isAcceptable(uri, issuer)) throw unusable(issuer, 'names no usable `jwks_uri`');
  return uri;
}

/** Keys may live on another host (Google's do), but then only behind TLS. */
function isAcceptable(uri: string, issuer: string): boolean {
  const url = URL.parse(uri);
  return url !== null && (url.protocol === 'https:' || url.origin === new URL(issuer).origin);
}

function unusable(issuer: string, why: string): AuthError {
  return new AuthError('auth.issuer_unavailable', `the discovery document of \`${issuer}\` ${why}`);
}
