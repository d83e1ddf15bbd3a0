import { type Authenticator, createAuthenticator, devIdentities, mintDevToken, startDevIssuer } from '../auth/index.ts';
import { type Config, ConfigError, type IssuerSettings } from '../config/index.ts';
import type { Clock } from '../core/index.ts';
import type { DevTokens } from '../gateway/index.ts';
import type { StopList } from './stop-list.ts';

/** Who may name people to us. `devUrl` and `devTokens` exist with the dev issuer only. */
export type Issuers = {
  readonly authenticator: Authenticator;
  readonly devUrl: string | undefined;
  readonly devTokens: DevTokens | undefined;
};

/** The configured issuers; in development, when there is none, an issuer of our own. @throws ConfigError in production without one */
export async function openIssuers(config: Config, clock: Clock, stops: StopList): Promise<Issuers> {
  if (config.auth.issuers.length > 0)
    return { authenticator: accept(config, clock, config.auth.issuers), devUrl: undefined, devTokens: undefined };
  if (config.mode === 'production') {
    throw new ConfigError('config.invalid', 'no issuer is configured under `auth.issuers`', {
      remedy: 'name your OIDC issuer; the dev issuer does not run in production',
    });
  }
  const { dataDir } = config;
  const dev = await startDevIssuer({ dataDir, port: config.auth.devIssuer.port, mode: config.mode, clock });
  stops.add(() => dev.close());
  const mint = (identity: string): Promise<string> => mintDevToken({ dataDir, issuer: dev.url, identity, clock });
  const devTokens = (): ReturnType<DevTokens> =>
    Promise.all(devIdentities.map(async ({ id }) => ({ identity: id, token: await mint(id) })));
  return { authenticator: accept(config, clock, [dev.settings]), devUrl: dev.url, devTokens };
}

function accept(config: Config, clock: Clock, issuers: readonly IssuerSettings[]): Authenticator {
  return createAuthenticator({ auth: { ...config.auth, issuers: [...issuers] }, context: config.context }, { clock });
}
