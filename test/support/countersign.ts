import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MintOptions, mintDevToken } from '../../src/auth/index.ts';
import { type Config, loadConfig, packageRoot, readEnv } from '../../src/config/index.ts';
import { type Clock, metaLog, systemClock } from '../../src/core/index.ts';
import { type Running, startCountersign } from '../../src/main.ts';
import { createLogger, Metrics, Tracing } from '../../src/telemetry/index.ts';
import { makeFolder, removeFolders } from './folders.ts';
import { openTestDatabase, query, type TestDatabase } from './postgres.ts';

/** The bearer token of the webhook source `test` of tenant alpha, and the key of the signing source `signed` of tenant beta. */
export const webhookToken = 'webhook-token-of-alpha-0123456789';
export const webhookKey = 'webhook-key-of-beta-0123456789';

export type GatewayOptions = {
  /** Laid over the settings of config/countersign.yaml. */
  readonly settings?: { readonly [section: string]: unknown };
  readonly env?: { readonly [name: string]: string };
  readonly clock?: Clock;
  readonly policyDir?: string;
  readonly otlpEndpoint?: string;
  /** Where the gateway finds its database, when that is not where the test does. */
  readonly route?: (url: string) => string;
};

export type GraphQLError = {
  readonly message: string;
  readonly path?: readonly string[];
  readonly extensions: { readonly [key: string]: unknown };
};
/** What GraphQL over HTTP answered. `T` is the shape of `data` as the test expects it. */
export type Answer<T> = {
  readonly status: number;
  readonly headers: Headers;
  readonly data: T;
  readonly errors: readonly GraphQLError[] | undefined;
  readonly text: string;
};

/** How a test speaks to a gateway, in this process or another. */
export type GatewayClient = {
  /** A token of the dev issuer: `responder`, `sre@beta`, … */
  token(identity: string, over?: Partial<MintOptions>): Promise<string>;
  /** One operation as an identity of the dev issuer. */
  graphql<T>(identity: string, document: string, variables?: object, over?: Partial<MintOptions>): Promise<Answer<T>>;
  /** Any request to a path. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** One delivery to the webhook of tenant alpha. */
  deliver(payload: object): Promise<Response>;
};

export type TestGateway = GatewayClient & {
  readonly url: string;
  readonly config: Config;
  readonly database: TestDatabase;
  readonly running: Running;
  readonly metrics: Metrics;
  /** Every line that the log took, parsed. */
  readonly log: readonly { readonly [key: string]: unknown }[];
  stop(): Promise<void>;
};

/** A whole gateway on a database of its own: every part real, ports chosen by the system, the log kept in memory. */
export async function startTestGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const folder = makeFolder('gateway');
  const database = await openTestDatabase();
  const clock = options.clock ?? systemClock;
  const log: { readonly [key: string]: unknown }[] = [];
  const metrics = new Metrics();
  const tracing = await Tracing.start(options.otlpEndpoint);
  const telemetry = { log: createLogger('debug', { write: (line: string) => void log.push(JSON.parse(line)) }), metrics, tracing };
  const config = writeConfig(folder, database, options);
  const discard = async () => {
    await tracing.close();
    await database.close();
    removeFolders([folder]);
  };
  let running: Running;
  try {
    running = await startCountersign(config, {
      clock,
      telemetry,
      ...(options.policyDir !== undefined && { policyDir: options.policyDir }),
    });
  } catch (error) {
    await discard();
    throw error;
  }
  const { url, issuer = '' } = running;
  return {
    ...clientOf({ url, issuer, dataDir: config.dataDir, clock }),
    url,
    config,
    database,
    running,
    metrics,
    log,
    stop: async () => {
      await running.stop();
      await discard();
    },
  };
}

/** A client with the tokens of a dev issuer whose key is in a data folder. */
export function clientOf(gateway: { url: string; issuer: string; dataDir: string; clock: Clock }): GatewayClient {
  const { dataDir, issuer, clock } = gateway;
  const token = (identity: string, over: Partial<MintOptions> = {}) => mintDevToken({ dataDir, issuer, identity, clock, ...over });
  const send = (path: string, init: RequestInit = {}) => fetch(`${gateway.url}${path}`, init);
  return {
    token,
    send,
    graphql: async (identity, document, variables = {}, over = {}) =>
      readAnswer(await send('/graphql', operation(await token(identity, over), document, variables))),
    deliver: (payload) =>
      send('/webhooks/alertmanager', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${webhookToken}` },
        body: JSON.stringify(payload),
      }),
  };
}

/** The request that carries one operation. */
export function operation(token: string, document: string, variables: object = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: document, variables }),
  };
}

async function readAnswer<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  const { data, errors } = JSON.parse(text);
  return { status: response.status, headers: response.headers, data, errors, text };
}

function writeConfig(folder: string, database: TestDatabase, { settings = {}, env = {}, route = (url) => url }: GatewayOptions): Config {
  const configDir = join(folder, 'config');
  cpSync(join(packageRoot(), 'config'), configDir, { recursive: true });
  // JSON is YAML.
  writeFileSync(join(configDir, 'countersign.yaml'), JSON.stringify({ ...testSettings, ...settings }));
  return loadConfig(
    readEnv({
      COUNTERSIGN_CONFIG: configDir,
      COUNTERSIGN_DATA: join(folder, 'data'),
      PORT: '0',
      DATABASE_URL: route(database.ownerUrl),
      DATABASE_APP_URL: route(database.appUrl),
      WEBHOOK_TOKEN: webhookToken,
      WEBHOOK_KEY: webhookKey,
      ...env,
    }),
  );
}

/** What a test gateway is configured with, in this process or another. */
export const testSettings = {
  auth: { devIssuer: { port: 0 } },
  context: { zones: [{ zone: 'loopback', cidrs: ['127.0.0.0/8'] }] },
  webhooks: {
    alertmanager: [
      { name: 'test', tenant: 'alpha', bearer: { env: 'WEBHOOK_TOKEN' } },
      { name: 'signed', tenant: 'beta', hmac: { env: 'WEBHOOK_KEY' } },
    ],
  },
};

const tables = [
  'ledger_head',
  'ledger_outbox',
  'ledger_leaf',
  'ledger_tile',
  'ledger_subject',
  'idempotency_key',
  'incident',
  'alert',
  'orchestration',
  'approval',
  'break_glass',
  'break_glass_review',
  'flag',
  'subject_key',
  'ledger_disclosure',
  'pgboss.job',
] as const;

/**
 * How many rows each table holds: what a refused request must not change. Checkpoints are signed behind the answer, and every ten seconds
 * the meta-log takes up the newest, so neither count.
 */
export async function rowCounts({ ownerUrl }: Pick<TestDatabase, 'ownerUrl'>): Promise<{ readonly [table: string]: number }> {
  const counted = (table: string): string => (table.startsWith('ledger_') ? `${table} where tenant <> '${metaLog}'` : table);
  const columns = tables.map((table) => `(select count(*)::int from ${counted(table)}) as "${table}"`).join(', ');
  const [row = {}] = await query(ownerUrl, `select ${columns}`);
  return Object.fromEntries(Object.entries(row).map(([table, count]) => [table, Number(count)]));
}
