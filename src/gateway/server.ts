import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Authenticator } from '../auth/index.ts';
import { messageOf, within } from '../core/index.ts';
import type { GatewayParts } from './context.ts';
import { GatewayError } from './errors.ts';
import { graphqlRoute } from './graphql-route.ts';
import { type Route, toEdgeRequest, writeResponse } from './http.ts';
import type { DevTokens } from './plugins/graphiql.ts';
import { problem, problemOf } from './problem.ts';
import { alertmanager } from './rest/alertmanager.ts';
import { evidenceBundles } from './rest/evidence-bundles.ts';
import { evidenceFiles } from './rest/evidence-files.ts';
import { health } from './rest/health.ts';
import { ledgerTree } from './rest/ledger-tree.ts';
import { metricsRoute } from './rest/metrics.ts';
import { ready } from './rest/ready.ts';
import type { WebhookCredential } from './rest/webhook-source.ts';
import { buildSchema } from './schema.ts';
import { buildYoga } from './yoga.ts';

export type GatewayOptions = {
  readonly authenticator: Authenticator;
  readonly webhooks: readonly WebhookCredential[];
  /** Given in development only: turns GraphiQL on. */
  readonly devTokens?: DevTokens | undefined;
};

/** The HTTP edge. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #server: Server;
  /** Requests that a stop waits for. */
  readonly #inFlight = new Set<Promise<void>>();
  #stopping = false;

  private constructor(parts: GatewayParts, options: GatewayOptions) {
    const yoga = buildYoga(buildSchema(parts.kernel.actions), parts, options.devTokens);
    const routes = [
      health,
      ready(parts, () => this.#stopping),
      metricsRoute(parts.telemetry.metrics),
      alertmanager(parts, options.webhooks),
      ledgerTree(parts, options.authenticator),
      evidenceFiles(parts, options.authenticator),
      evidenceBundles(parts, options.authenticator),
      graphqlRoute(yoga, options.authenticator, options.devTokens !== undefined),
    ];
    this.#parts = parts;
    this.#routes = new Map(routes.map((route) => [route.path, route]));
    // How long a body may take is for who reads it: the file of an upload takes its time.
    this.#server = createServer({ requestTimeout: 0, headersTimeout: 10_000, keepAliveTimeout: 5_000 }, (message, response) =>
      this.#counted(this.#serve(message, response)),
    );
    this.#server.on('checkContinue', (message, response) => this.#counted(this.#serve(message, response, () => response.writeContinue())));
  }

  /** @throws GatewayError `gateway.listen_failed`, `gateway.ungoverned_mutation`, `gateway.unknown_action` */
  static async listen(parts: GatewayParts, options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(parts, options);
    const { host, port } = parts.config.server;
    try {
      gateway.#server.listen(port, host);
      await once(gateway.#server, 'listening');
    } catch (cause) {
      throw new GatewayError('gateway.listen_failed', `cannot listen on ${host}:${port}: ${messageOf(cause)}`, {
        cause,
        remedy: 'free the port, or set PORT',
      });
    }
    return gateway;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the gateway is not listening');
    return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /** Answers 503 to new requests while those under way finish, within the configured time; then closes. */
  async close(): Promise<void> {
    this.#stopping = true;
    await within(this.#parts.config.server.drainSeconds * 1000, Promise.allSettled(this.#inFlight));
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    const lingering = setTimeout(() => this.#server.closeAllConnections(), 1_000);
    await closed;
    clearTimeout(lingering);
  }

  async #serve(message: IncomingMessage, response: ServerResponse, invite: () => void = () => undefined): Promise<void> {
    try {
      const answer = await this.#answer(message, invite);
      if (this.#stopping) answer.headers.set('connection', 'close');
      await writeResponse(answer, response);
      if (!message.complete) letGoBy(message);
    } catch (error) {
      this.#parts.telemetry.log.debug({ err: error }, 'a response could not be written: its caller has gone');
      response.destroy();
    }
  }

  async #answer(message: IncomingMessage, invite: () => void): Promise<Response> {
    try {
      const request = toEdgeRequest(message, this.#parts.config.server.bodyLimitBytes, invite);
      const route = this.#routeOf(request.url.pathname);
      if (route === undefined)
        return problem({
          status: 404,
          code: 'not_found',
          title: 'there is nothing here',
          remedy: `there is ${[...this.#routes.keys()].join(', ')}`,
        });
      const methods = route.methods.join(', ');
      if (!route.methods.includes(request.method))
        return problem({ status: 405, code: 'method_not_allowed', title: `this takes ${methods}` }, { allow: methods });
      if (route.always === true) return await route.handle(request);
      if (this.#stopping)
        return problem(
          {
            status: 503,
            code: 'govern.stopping',
            title: 'this gateway is stopping',
            remedy: 'repeat the call; another gateway will take it',
          },
          { 'retry-after': '1' },
        );
      return await route.handle(request);
    } catch (error) {
      return problemOf(error, this.#parts.telemetry.log);
    }
  }

  #routeOf(path: string): Route | undefined {
    return this.#routes.get(path) ?? [...this.#routes.values()].find((route) => route.path.endsWith('/') && path.startsWith(route.path));
  }

  /** Under way until the last byte of the answer is written. */
  #counted(serving: Promise<void>): void {
    this.#inFlight.add(serving);
    void serving.finally(() => this.#inFlight.delete(serving));
  }
}

const LET_GO_BY_MILLISECONDS = 30_000;

/** What is left of a body that nobody wants is read and forgotten, for a while: a socket that is closed under its sender loses our answer. */
function letGoBy(message: IncomingMessage): void {
  message.resume();
  const late = setTimeout(() => message.socket.destroy(), LET_GO_BY_MILLISECONDS);
  message.once('close', () => clearTimeout(late));
}
