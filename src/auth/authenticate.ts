import type { AuthSettings, ContextSettings } from '../config/index.ts';
import type { Clock } from '../core/index.ts';
import { actorFrom } from './actor.ts';
import { readBearer } from './bearer.ts';
import { type ContextRequest, contextReader } from './context.ts';
import { AuthError } from './errors.ts';
import type { Identity } from './identity.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { verifyToken } from './verify.ts';

export type AuthRequest = ContextRequest & { readonly authorization: string | undefined };

export type Authenticator = {
  /** @throws AuthError, always with the status and the challenge to answer. */
  authenticate(request: AuthRequest): Promise<Identity>;
};

/** Makes identities out of requests. Issuers are asked when the first token of theirs comes, never at the start. */
export function createAuthenticator(
  settings: { readonly auth: AuthSettings; readonly context: ContextSettings },
  deps: { readonly clock: Clock; readonly fetch?: typeof fetch },
): Authenticator {
  const { clock, fetch = globalThis.fetch } = deps;
  const issuers = new Map(
    settings.auth.issuers.map((issuer) => [issuer.issuer, { issuer, keys: new IssuerKeys(issuer.issuer, { clock, fetch }) }]),
  );
  const contextOf = contextReader(settings.context);
  return {
    async authenticate(request) {
      const claimed = readBearer(request.authorization);
      // The token's own word chooses among configured issuers; it never makes us call another.
      const known = issuers.get(claimed.issuer);
      if (known === undefined) throw new AuthError('auth.issuer_unknown', 'the issuer of the token is not a configured one');
      const time = { now: clock.now(), clockSkewSeconds: settings.auth.clockSkewSeconds };
      const claims = await verifyToken(claimed, known.issuer, known.keys.find, time);
      return { actor: actorFrom(claims, known.issuer, time), context: contextOf(request, claims, known.issuer.claims) };
    },
  };
}
