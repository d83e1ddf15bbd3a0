import { join } from 'node:path';
import { type AnyCommand, Kernel } from './govern/index.ts';
import { readEntry, readTimeline } from './audit/index.ts';
import { createAuthenticator } from './auth/index.ts';
import { type Config, packageRoot, readYaml, resolveSecret } from './config/index.ts';
import { type Clock, systemClock } from './core/index.ts';
import { setFlag } from './flags/index.ts';
import { Gateway } from './gateway/index.ts';
import { type Adapters, classificationSchema, dryRunQueue, executeQueue, freezeAt, httpAgent, type IncidentParts, incidentCommands, measureOrchestrations, simulate, startIncidentWorkers } from './incidents/index.ts';
import { Jobs, prepareJobs } from './jobs/index.ts';
import { Ledger, LedgerKey } from './ledger/index.ts';
import { PolicyEngine, readBundle } from './policy/index.ts';
import { openIssuers } from './start/issuers.ts';
import { StopList } from './start/stop-list.ts';
import { readWebhooks } from './start/webhooks.ts';
import { openStorage } from './storage/index.ts';
import { createLogger, Metrics, type Telemetry, Tracing } from './telemetry/index.ts';

export type StartOptions = {
  readonly clock?: Clock;
  /** Folder of the compiled policy; default: the one that ships. */
  readonly policyDir?: string;
  readonly telemetry?: Telemetry;
};

/** A gateway that takes requests. */
export type Running = {
  readonly url: string;
  readonly issuer: string | undefined;
  readonly dataDescription: string;
  readonly policyRevision: string;
  /** Finishes what is under way, then ends everything in the reverse order of its start. */
  stop(): Promise<void>;
};

/** Puts the parts together, lowest layer first. What had started is stopped again when a later part cannot. */
export async function startCountersign(config: Config, options: StartOptions = {}): Promise<Running> {
  const stops = new StopList();
  try {
    return await start(config, options, stops);
  } catch (error) {
    await stops.run();
    throw error;
  }
}

async function start(config: Config, options: StartOptions, stops: StopList): Promise<Running> {
  const { env } = config;
  const clock = options.clock ?? systemClock;
  const telemetry = options.telemetry ?? { log: createLogger(env.logLevel), metrics: new Metrics(), tracing: new Tracing(env.otlpEndpoint) };
  stops.add(() => telemetry.tracing.close());
  const { log, metrics } = telemetry;

  const engine = await PolicyEngine.load(readBundle(options.policyDir ?? join(packageRoot(), 'policies', 'dist')));
  const classification = readYaml(join(config.configDir, 'incidents.yaml'), classificationSchema);
  const key = config.env.ledgerKeyFile === undefined ? LedgerKey.readOrCreate(join(config.dataDir, 'ledger.pem')) : LedgerKey.read(config.env.ledgerKeyFile);
  const webhooks = readWebhooks(config);
  const adapters = openAdapters(config);

  const storage = await openStorage({ databaseUrl: env.databaseUrl, databaseAppUrl: env.databaseAppUrl, dataDir: config.dataDir, onEvent: (message) => log.warn(message) });
  stops.add(() => storage.close());
  const { database } = storage;

  await prepareJobs(storage.ownerUrl, [dryRunQueue, executeQueue]);
  const onJobError = (error: unknown) => {
    metrics.jobFailures.inc();
    log.error({ err: error }, 'a job failed');
  };
  const jobs = await Jobs.start({ appUrl: storage.appUrl, onError: onJobError });
  stops.add(() => jobs.stop(config.server.drainSeconds * 1000));

  const onLedgerError = (name: string, error: unknown) => {
    metrics.ledgerFailures.inc();
    log.error({ err: error, log: name }, 'the ledger could not sequence or sign, will try again');
  };
  const ledger = new Ledger({ database, key, ...config.ledger, onError: onLedgerError });
  ledger.start();
  stops.add(() => ledger.stop());

  const incidents: IncidentParts = { adapters, policyRevision: () => engine.version.revision, freezeOf: freezeAt(config.changeFreezes), clock };
  const commands: AnyCommand[] = [...incidentCommands(incidents, jobs, classification), setFlag, readTimeline(ledger), readEntry(ledger)];
  const kernel = new Kernel({ database, ledger, engine, clock, telemetry, maxInFlight: config.server.maxInFlight, onSettled: measureOrchestrations(metrics) }, commands);
  await startIncidentWorkers(jobs, kernel, adapters);

  const issuers = await openIssuers(config, clock);
  stops.add(() => issuers.close());
  const authenticator = createAuthenticator({ auth: { ...config.auth, issuers: [...issuers.settings] }, context: config.context }, { clock });

  const parts = { config, database, ledger, engine, kernel, incidents, telemetry };
  const gateway = await Gateway.listen(parts, { authenticator, webhooks, devTokens: issuers.devTokens });
  stops.add(() => gateway.close());

  return { url: gateway.url, issuer: issuers.devUrl, dataDescription: storage.description, policyRevision: engine.version.revision, stop: () => stops.run() };
}

function openAdapters(config: Config): Adapters {
  const agents = config.adapters.agents.map((agent) => httpAgent({ ...agent, bearer: agent.bearer && resolveSecret(agent.bearer, config.env) }));
  return new Map([...agents, ...(config.adapters.simulate ? [simulate] : [])].map((adapter) => [adapter.name, adapter]));
}
