import { devIdentities, mintDevToken, startDevIssuer } from '../auth/index.ts';
import { type Config, ConfigError, type IssuerSettings } from '../config/index.ts';
import type { Clock } from '../core/index.ts';
import type { DevTokens } from '../gateway/index.ts';

/** Who may name people to us. `devUrl` and `devTokens` exist with the dev issuer only. */
export type Issuers = {
  readonly settings: readonly IssuerSettings[];
  readonly devUrl: string | undefined;
  readonly devTokens: DevTokens | undefined;
  close(): Promise<void>;
};

/** The configured issuers; in development, when there is none, an issuer of our own. @throws ConfigError in production without one */
export async function openIssuers(config: Config, clock: Clock): Promise<Issuers> {
  const { issuers, devIssuer } = config.auth;
  if (issuers.length > 0) return { settings: issuers, devUrl: undefined, devTokens: undefined, close: async () => undefined };
  if (config.mode === 'production') {
    throw new ConfigError('config.invalid', 'no issuer is configured under `auth.issuers`', { remedy: 'name your OIDC issuer; the dev issuer does not run in production' });
  }
  const dev = await startDevIssuer({ dataDir: config.dataDir, port: devIssuer.port, mode: config.mode, clock });
  const mint = (identity: string): Promise<string> => mintDevToken({ dataDir: config.dataDir, issuer: dev.url, identity, clock });
  return {
    settings: [dev.settings],
    devUrl: dev.url,
    devTokens: () => Promise.all(devIdentities.map(async ({ id }) => ({ identity: id, token: await mint(id) }))),
    close: () => dev.close(),
  };
}
