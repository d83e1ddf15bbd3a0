import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import type { Clock } from '../core/index.ts';
import { fileAnchor, Ledger, type LedgerKey, type ShowCheckpoint } from '../ledger/index.ts';
import { Database, type Storage } from '../storage/index.ts';
import type { Telemetry } from '../telemetry/index.ts';
import { measureLedger } from './ledger-health.ts';
import type { StopList } from './stop-list.ts';
import { startWitnessing } from './witnessing.ts';

/** Connections that sequence, apart from those that wait for it: one for the logs that go together, the others for those that go alone. */
const SEQUENCER_CONNECTIONS = 4;
/** A sequencer that freezes with the head in its hand is ended by the server after this, and another goes on. */
const FENCE_MILLISECONDS = 1_000;

/** What the ledger is started with. */
export type LedgerParts = {
  readonly config: Config;
  readonly storage: Storage;
  readonly key: LedgerKey;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
};

/** The ledger, its witnesses and publishers, and its gauges. */
export function startLedger(
  { config, storage, key, clock, telemetry }: LedgerParts,
  stops: StopList,
): { ledger: Ledger; shown: ShowCheckpoint } {
  const ledger = openLedger(config, storage, key, telemetry, stops);
  const shown = startWitnessing(config, storage.database, clock, telemetry, stops);
  measureLedger(storage.database, telemetry, stops);
  return { ledger, shown };
}

function openLedger(config: Config, storage: Storage, key: LedgerKey, { log, metrics }: Telemetry, stops: StopList): Ledger {
  const onError = (name: string, error: unknown): void => {
    metrics.ledgerFailures.inc();
    log.error({ err: error, log: name }, 'the ledger could not sequence or sign, will try again');
  };
  const sequencing = new Database({
    appUrl: storage.appUrl,
    poolSize: SEQUENCER_CONNECTIONS,
    idleMilliseconds: FENCE_MILLISECONDS,
    prepared: true,
  });
  stops.add(() => sequencing.close());
  const { database } = storage;
  const anchor = fileAnchor(join(config.dataDir, 'checkpoints'));
  const ledger = new Ledger({ database, sequencing, lanes: SEQUENCER_CONNECTIONS, key, anchor, ...config.ledger, onError });
  ledger.start();
  stops.add(() => ledger.stop());
  return ledger;
}
