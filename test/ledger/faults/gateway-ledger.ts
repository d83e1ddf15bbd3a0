import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadConfig, packageRoot, readEnv } from '../../../src/config/index.ts';
import { systemClock } from '../../../src/core/index.ts';
import { type Ledger, readLedgerKey } from '../../../src/ledger/index.ts';
import { openDatabase, StopList, startLedger } from '../../../src/start/index.ts';
import type { Database } from '../../../src/storage/index.ts';
import { createLogger, Metrics, Tracing } from '../../../src/telemetry/index.ts';

export type GatewayLedger = {
  readonly ledger: Ledger;
  readonly database: Database;
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** What the gateway logged, as `<log> <message>: <code>: <message of the error>`. */
  readonly said: () => string[];
  /** The metric `countersign_ledger_failures_total`. */
  readonly failures: () => Promise<number>;
  close(): Promise<void>;
};

/** A gateway as far as its ledger goes, as the configuration makes it: the embedded PostgreSQL and its checkpoints in a data folder. */
export async function startGatewayLedger(dataDir: string, originPrefix: string): Promise<GatewayLedger> {
  const lines: { msg?: string; log?: string; err?: { code?: string; message?: string } }[] = [];
  const metrics = new Metrics();
  const log = createLogger('debug', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const telemetry = { log, metrics, tracing: new Tracing(undefined) };
  const config = loadConfig(readEnv({ COUNTERSIGN_DATA: dataDir, COUNTERSIGN_CONFIG: join(packageRoot(), 'config'), PORT: '0' }));
  const stops = new StopList();
  onTestFinished(() => stops.run());
  const storage = await openDatabase(config, telemetry, stops);
  const settings = { ...config, ledger: { ...config.ledger, originPrefix } };
  const { ledger } = startLedger({ config: settings, storage, key: readLedgerKey(config), clock: systemClock, telemetry }, stops);
  const { database, ownerUrl, appUrl } = storage;
  return {
    ledger,
    database,
    ownerUrl,
    appUrl,
    said: () =>
      lines.filter(({ err }) => err !== undefined).map((line) => `${line.log} ${line.msg}: ${line.err?.code}: ${line.err?.message}`),
    failures: async () => (await metrics.ledgerFailures.get()).values[0]?.value ?? 0,
    close: () => stops.run(),
  };
}
