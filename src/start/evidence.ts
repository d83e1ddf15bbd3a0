import { type CatalogParts, evidenceHealth, type FileStore, postgresFiles, s3Files, Verifications } from '../catalog/index.ts';
import { type Config, resolveSecret } from '../config/index.ts';
import { type Clock, Rounds } from '../core/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Database } from '../storage/index.ts';
import type { Telemetry } from '../telemetry/index.ts';
import { openVerifier } from './evidence-policy.ts';
import type { StopList } from './stop-list.ts';

const PAUSE_MILLISECONDS = 15_000;

export type EvidenceParts = {
  readonly config: Config;
  readonly database: Database;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
};

/** The catalog, over the store of the configuration. @throws ConfigError */
export async function openCatalog(parts: EvidenceParts, stops: StopList): Promise<CatalogParts> {
  const { config, database, jobs, clock, ledger, telemetry } = parts;
  const files = openFiles(config, database);
  const verify = await openVerifier(config, ledger, clock);
  followEvidence(database, telemetry, stops);
  return { database, files, jobs, clock, verify, verifications: new Verifications(() => clock.now().getTime()) };
}

function openFiles({ evidence, env }: Config, database: Database): FileStore {
  const { s3 } = evidence.store;
  if (s3 === undefined) return postgresFiles(database);
  return s3Files({ ...s3, accessKey: resolveSecret(s3.accessKey, env), secretKey: resolveSecret(s3.secretKey, env) });
}

/** Keeps the gauges of evidence. Every gateway shows the same numbers. */
function followEvidence(database: Database, { log, metrics }: Telemetry, stops: StopList): void {
  const measure = async (): Promise<void> => {
    const { missing, waivedUntil } = await evidenceHealth(database);
    metrics.evidenceMissing.set(missing);
    metrics.evidenceWaivedUntil.set((waivedUntil?.getTime() ?? 0) / 1_000);
  };
  const onError = (error: unknown): void => log.warn({ err: error }, 'the state of the evidence cannot be read');
  const rounds = new Rounds(measure, { pauseMilliseconds: PAUSE_MILLISECONDS, onError });
  rounds.start();
  stops.add(() => rounds.stop());
}
