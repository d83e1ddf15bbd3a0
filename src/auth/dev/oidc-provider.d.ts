/** The part of oidc-provider 9 that the dev issuer uses; the package ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  import type { JWK } from 'jose';

  export type SignedIn = { acr?: string; authTime?: number };

  export type Context = {
    type: string;
    body: unknown;
    oidc: {
      result?: { login?: object };
      client: { clientId: string };
      account: { accountId: string };
      session: { accountId?: string };
      provider: Provider;
      /** Where the tokens of a request come from; it remembers how the user signed in. */
      entities: { AuthorizationCode?: SignedIn };
    };
  };

  export type AccessToken = { accountId: string; resourceServer?: { accessTokenTTL?: number } };
  export type StructuredToken = { payload: { [name: string]: unknown } };

  export type Configuration = {
    adapter: (model: string) => object;
    acrValues: readonly string[];
    claims: { [scopeOrClaim: string]: readonly string[] | null };
    clientBasedCORS(ctx: Context, origin: string, client: object): boolean;
    clients: readonly object[];
    cookies: { keys: readonly string[] };
    extraTokenClaims(ctx: Context, token: AccessToken): Promise<object | undefined>;
    features: object;
    findAccount(ctx: Context, id: string): Promise<{ accountId: string; claims(): Promise<object> } | undefined>;
    formats: { customizers: { jwt(ctx: Context, token: AccessToken, jwt: StructuredToken): Promise<void> } };
    interactions: { url(ctx: Context, interaction: { uid: string }): Promise<string>; policy: Policy };
    issueRefreshToken(): Promise<boolean>;
    jwks: { keys: readonly JWK[] };
    loadExistingGrant(ctx: Context): Promise<Grant | undefined>;
    pkce: { required(): boolean };
    renderError(ctx: Context, out: { error?: string; error_description?: string }, error: Error): Promise<void>;
    ttl: { [kind: string]: number };
  };

  export type Grant = { addOIDCScope(scope: string): void; save(): Promise<string> };
  export type Policy = {
    get(name: string): { checks: { add(check: object): void } } | undefined;
    remove(name: string): void;
  };
  export type InteractionDetails = { uid: string; params: { [name: string]: unknown } };

  export class Provider {
    constructor(issuer: string, configuration: Configuration);
    readonly Grant: new (of: {
      accountId: string;
      clientId: string;
    }) => Grant;
    readonly Client: {
      prototype: { redirectUriAllowed(uri: string): boolean; postLogoutRedirectUriAllowed(uri: string): boolean };
    };
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<InteractionDetails>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
  }

  export const interactionPolicy: {
    base(): Policy;
    Check: new (reason: string, description: string, error: string, check: (ctx: Context) => boolean) => object;
  };
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  /** Stores of one provider; the default would be shared and would warn on every start. */
  export function createMemoryAdapter(clockTolerance?: number): (model: string) => object;
}
