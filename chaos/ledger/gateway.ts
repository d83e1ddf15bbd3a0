import { join } from 'node:path';
import { type Config, loadConfig, packageRoot, readEnv } from '../../src/config/index.ts';
import { systemClock } from '../../src/core/index.ts';
import { type Ledger, readLedgerKey } from '../../src/ledger/index.ts';
import { openDatabase, StopList, startLedger } from '../../src/start/index.ts';
import type { Database } from '../../src/storage/index.ts';
import { createLogger, Metrics, Tracing } from '../../src/telemetry/index.ts';

export type GatewaySettings = {
  readonly dataDir: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly keyFile: string;
  readonly waitMilliseconds: number;
};

export type LedgerParts = { readonly database: Database; readonly ledger: Ledger; readonly stops: StopList };

/** The parts of a gateway that make and order entries, opened as its start opens them, with the configuration that ships. */
export async function openLedgerParts(settings: GatewaySettings): Promise<LedgerParts> {
  const config = configOf(settings);
  const telemetry = { log: createLogger('silent'), metrics: new Metrics(), tracing: new Tracing(undefined) };
  const stops = new StopList();
  const key = readLedgerKey(config);
  const storage = await openDatabase(config, telemetry, stops);
  return { database: storage.database, ledger: startLedger({ config, storage, key, clock: systemClock, telemetry }, stops).ledger, stops };
}

function configOf({ dataDir, ownerUrl, appUrl, keyFile, waitMilliseconds }: GatewaySettings): Config {
  const config = loadConfig(
    readEnv({
      COUNTERSIGN_CONFIG: join(packageRoot(), 'config'),
      COUNTERSIGN_DATA: dataDir,
      DATABASE_URL: ownerUrl,
      DATABASE_APP_URL: appUrl,
      LEDGER_KEY_FILE: keyFile,
    }),
  );
  return { ...config, ledger: { ...config.ledger, waitMilliseconds } };
}
