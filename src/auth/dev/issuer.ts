import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { IssuerSettings } from '../../config/index.ts';
import { type Clock, messageOf } from '../../core/index.ts';
import { DevIssuerError } from './errors.ts';
import { handleInteraction } from './interaction.ts';
import type { createProvider } from './provider.ts';
import { ensureDevKeys } from './signing-key.ts';
import { devIssuerSettings } from './token-claims.ts';

const host = '127.0.0.1';

export type DevIssuer = {
  /** How to trust it: an entry for `auth.issuers`. */
  readonly settings: IssuerSettings;
  readonly url: string;
  close(): Promise<void>;
};

export type DevIssuerOptions = {
  readonly dataDir: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly mode: 'development' | 'production';
  readonly clock: Clock;
};

/**
 * An OpenID provider inside this process that signs in anyone as any dev identity, on the loopback only.
 *
 * @throws DevIssuerError `auth.dev_issuer_refused` in production, `auth.dev_issuer_unavailable` when the port is taken.
 */
export async function startDevIssuer(options: DevIssuerOptions): Promise<DevIssuer> {
  if (options.mode !== 'development') {
    throw new DevIssuerError('auth.dev_issuer_refused', 'the dev issuer does not run in production mode', {
      remedy: 'configure an issuer under `auth.issuers`',
    });
  }
  const { createProvider } = await import('./provider.ts'); // a server of its own, which nothing else needs to load
  const keys = await ensureDevKeys(options.dataDir);
  const server = createServer();
  const url = `http://${host}:${await listen(server, options.port)}`;
  server.on('request', handlerOf(url, createProvider(url, keys, options.clock)));
  return { settings: devIssuerSettings(url), url, close: () => close(server) };
}

function handlerOf(url: string, provider: ReturnType<typeof createProvider>) {
  const handle = provider.callback();
  return (request: IncomingMessage, response: ServerResponse): void => {
    // A page of another site whose name was rebound to the loopback must not sign itself in.
    if (`http://${request.headers.host}` !== url) {
      response.writeHead(421).end();
    } else if (request.url?.startsWith('/interaction/')) {
      void handleInteraction(provider, request, response);
    } else {
      void handle(request, response);
    }
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new DevIssuerError('auth.dev_issuer_unavailable', `the dev issuer cannot listen on \`${host}:${port}\`: ${messageOf(cause)}`, {
          cause,
          remedy: 'set `auth.devIssuer.port` to a free port, or 0 for any',
        }),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
