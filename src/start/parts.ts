import { join } from 'node:path';
import { expireQueue } from '../catalog/index.ts';
import { type Config, readYaml, resolveSecret } from '../config/index.ts';
import type { WebhookCredential } from '../gateway/index.ts';
import {
  type Adapters,
  type Classification,
  classificationSchema,
  dryRunQueue,
  executeQueue,
  httpAgent,
  simulate,
} from '../incidents/index.ts';
import { Jobs, prepareJobs } from '../jobs/index.ts';
import { type LedgerKey, readLedgerKey } from '../ledger/index.ts';
import { openStorage, type Storage } from '../storage/index.ts';
import { createLogger, Metrics, type Telemetry, Tracing } from '../telemetry/index.ts';
import { type MasterKeys, readMasterKeys } from '../vault/index.ts';
import type { StopList } from './stop-list.ts';
import { readWebhooks } from './webhooks.ts';

/** What stands in files: read before anything is started, so that a mistake in them stops a start at once. */
export type FileParts = {
  readonly classification: Classification;
  readonly key: LedgerKey;
  readonly masterKeys: MasterKeys;
  readonly webhooks: readonly WebhookCredential[];
  readonly adapters: Adapters;
};

/** @throws ConfigError, LedgerError, VaultError */
export function readParts(config: Config): FileParts {
  return {
    classification: readYaml(join(config.configDir, 'incidents.yaml'), classificationSchema),
    key: readLedgerKey(config),
    masterKeys: readMasterKeys(config),
    webhooks: readWebhooks(config),
    adapters: openAdapters(config),
  };
}

function openAdapters(config: Config): Adapters {
  const agents = config.adapters.agents.map((agent) =>
    httpAgent({ ...agent, bearer: agent.bearer && resolveSecret(agent.bearer, config.env) }),
  );
  return new Map([...agents, ...(config.adapters.simulate ? [simulate] : [])].map((adapter) => [adapter.name, adapter]));
}

export async function openTelemetry(config: Config, stops: StopList): Promise<Telemetry> {
  const tracing = await Tracing.start(config.env.otlpEndpoint);
  stops.add(() => tracing.close());
  return { log: createLogger(config.env.logLevel), metrics: new Metrics(), tracing };
}

export async function openDatabase(config: Config, { log }: Telemetry, stops: StopList): Promise<Storage> {
  const { databaseUrl, databaseAppUrl } = config.env;
  const storage = await openStorage({ databaseUrl, databaseAppUrl, dataDir: config.dataDir, onEvent: (message) => log.warn(message) });
  stops.add(() => storage.close());
  return storage;
}

export async function openJobs(config: Config, storage: Storage, { log, metrics }: Telemetry, stops: StopList): Promise<Jobs> {
  await prepareJobs(storage.ownerUrl, [dryRunQueue, executeQueue, expireQueue]);
  const onError = (error: unknown): void => {
    metrics.jobFailures.inc();
    log.error({ err: error }, 'a job failed');
  };
  const jobs = await Jobs.start({ appUrl: storage.appUrl, onError });
  stops.add(() => jobs.stop(config.server.drainSeconds * 1000));
  return jobs;
}
