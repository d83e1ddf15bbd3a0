import { Rounds } from '../core/index.ts';
import { ledgerHealth } from '../ledger/index.ts';
import type { Database } from '../storage/index.ts';
import type { Telemetry } from '../telemetry/index.ts';
import type { StopList } from './stop-list.ts';

const PAUSE_MILLISECONDS = 5_000;

/** Keeps the ledger's gauges: how much waits, since when, and what is not signed. Every gateway shows the same numbers. */
export function measureLedger(database: Database, { log, metrics }: Telemetry, stops: StopList): void {
  const measure = async (): Promise<void> => {
    const health = await ledgerHealth(database);
    metrics.ledgerWaiting.set(health.waiting);
    metrics.ledgerLagSeconds.set(secondsSince(health.oldestWaiting));
    metrics.ledgerUnsignedSeconds.set(secondsSince(health.oldestUnsigned));
    metrics.ledgerQuarantined.set(health.quarantined);
    if (health.newestCheckpoint !== null) metrics.ledgerCheckpointTime.set(health.newestCheckpoint.getTime() / 1_000);
  };
  const onError = (error: unknown): void => log.warn({ err: error }, 'the state of the ledger cannot be read');
  const rounds = new Rounds(measure, { pauseMilliseconds: PAUSE_MILLISECONDS, onError });
  rounds.start();
  stops.add(() => rounds.stop());
}

function secondsSince(moment: Date | null): number {
  return moment === null ? 0 : Math.max(0, (Date.now() - moment.getTime()) / 1_000);
}
