import { randomBytes } from 'node:crypto';
import { type Configuration, type Context, interactionPolicy, Provider } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import { type Clock, epochSeconds, systemClock } from '../../core/index.ts';
import { devIdentities, devIdentity } from './identities.ts';
import { errorPage, loggedOutPage, logoutPage } from './pages.ts';
import type { DevKeys } from './signing-key.ts';
import { acrPassword, amrOfAcr, devAlgorithm, devAudience, devTokenClaims, devTokenSeconds } from './token-claims.ts';

/** Access tokens are for the gateway whether a client names it or not. */
const resource = 'urn:countersign:gateway';

/** oidc-provider, set up so that it signs in our dev identities and gives JWT access tokens for the gateway. */
export function createProvider(issuer: string, keys: DevKeys, clock: Clock): Provider {
  const provider = new Provider(issuer, {
    ...clientsAndSecrets(keys),
    ...signIn(),
    ...tokens(clock),
    features: { devInteractions: { enabled: false }, resourceIndicators: resourceIndicators(), rpInitiatedLogout: logout() },
    renderError: async (ctx, out) => html(ctx, errorPage(out.error ?? 'error', out.error_description ?? '')),
  });
  // A native client may use any port of the loopback; a dev client may also use any path.
  provider.Client.prototype.redirectUriAllowed = isLoopback;
  provider.Client.prototype.postLogoutRedirectUriAllowed = isLoopback;
  return provider;
}

function clientsAndSecrets(keys: DevKeys) {
  return {
    adapter: createMemoryAdapter(),
    jwks: { keys: keys.keys },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clientBasedCORS: () => false,
    pkce: { required: () => true },
    clients: ['countersign-portal', 'countersign-cli'].map((id) => ({
      client_id: id,
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/callback'],
      post_logout_redirect_uris: ['http://127.0.0.1/'],
    })),
  } satisfies Partial<Configuration>;
}

/** Every sign-in asks who it is and how well they authenticate, so that `acr_values` and `max_age` are always met afresh. */
function signIn() {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  policy
    .get('login')
    ?.checks.add(
      new interactionPolicy.Check('dev_choice', 'choose an identity', 'login_required', (ctx) => ctx.oidc.result?.login === undefined),
    );
  return {
    acrValues: [...amrOfAcr.keys()],
    claims: { acr: null, auth_time: null, iss: null, sid: null, openid: ['sub', 'amr', 'tenant', 'roles'] },
    interactions: { policy, url: async (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: async (_ctx, id) => {
      const identity = devIdentities.find((candidate) => candidate.id === id);
      if (identity === undefined) return undefined;
      return { accountId: id, claims: async () => ({ sub: id, tenant: identity.tenant, roles: [identity.role] }) };
    },
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ accountId: oidc.account.accountId, clientId: oidc.client.clientId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  } satisfies Partial<Configuration>;
}

function tokens(clock: Clock) {
  return {
    ttl: {
      AccessToken: devTokenSeconds,
      AuthorizationCode: 60,
      Grant: 86_400,
      IdToken: devTokenSeconds,
      Interaction: 600,
      Session: 86_400,
    },
    issueRefreshToken: async () => false,
    extraTokenClaims: async (ctx, token) => {
      const { acr = acrPassword, authTime = epochSeconds(systemClock.now()) } = ctx.oidc.entities.AuthorizationCode ?? {};
      return devTokenClaims(devIdentity(token.accountId), { acr, authTime: authTime + offset(clock) });
    },
    formats: {
      customizers: {
        jwt: async (_ctx, token, { payload }) => {
          payload['iat'] = epochSeconds(clock.now());
          payload['exp'] = epochSeconds(clock.now()) + (token.resourceServer?.accessTokenTTL ?? devTokenSeconds);
        },
      },
    },
  } satisfies Partial<Configuration>;
}

/** The library reads the system's clock; our tokens follow the clock we are given. */
function offset(clock: Clock): number {
  return epochSeconds(clock.now()) - epochSeconds(systemClock.now());
}

function resourceIndicators() {
  return {
    enabled: true,
    defaultResource: async () => resource,
    useGrantedResource: async () => true,
    getResourceServerInfo: async () => ({
      scope: '',
      audience: devAudience,
      accessTokenFormat: 'jwt',
      accessTokenTTL: devTokenSeconds,
      jwt: { sign: { alg: devAlgorithm } },
    }),
  };
}

function logout() {
  return {
    enabled: true,
    logoutSource: async (ctx: Context, form: string) => html(ctx, logoutPage(form)),
    postLogoutSuccessSource: async (ctx: Context) => html(ctx, loggedOutPage()),
  };
}

function html(ctx: Context, page: string): void {
  ctx.type = 'html';
  ctx.body = page;
}

function isLoopback(uri: string): boolean {
  const url = URL.parse(uri);
  return url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname) && url.hash === '';
}
