import { resolve } from 'node:path';
import type { Config } from '../config/index.ts';
import { type Clock, metaLog, type TenantId } from '../core/index.ts';
import {
  Publisher,
  parseWitness,
  type ShowCheckpoint,
  shownCheckpoint,
  Witnesses,
  WitnessFollower,
  type WitnessOutcome,
  witnessOutcomes,
} from '../ledger/index.ts';
import type { Database } from '../storage/index.ts';
import type { Telemetry } from '../telemetry/index.ts';
import type { StopList } from './stop-list.ts';

/**
 * Carries checkpoints out of the database, behind everything else: to the witnesses and into the folders of the configuration. The
 * witnesses are there with none configured as well: nothing is then witnessed.
 *
 * @throws LedgerError `ledger.witness_key_malformed`
 */
export function startWitnessing(config: Config, database: Database, clock: Clock, telemetry: Telemetry, stops: StopList): ShowCheckpoint {
  const { quorum, logs } = config.ledger.witnesses;
  const list = config.ledger.witnesses.list.map(parseWitness);
  const witnesses = new Witnesses({ database, list, quorum });
  if (list.length > 0) startFollower(config, database, clock, telemetry, witnesses, stops);
  // Shown from the start: an alert on an increase needs a zero to increase from.
  for (const outcome of ['published', 'refused']) telemetry.metrics.publications.inc({ outcome }, 0);
  for (const publication of config.ledger.publish) {
    const publisher = new Publisher({
      ...publication,
      database,
      folder: resolve(config.configDir, publication.folder),
      ...(publication.witnessed ? { newest: (trx, log) => witnesses.witnessed(trx, log) } : {}),
      onPublished: () => telemetry.metrics.publications.inc({ outcome: 'published' }),
      onError: (log, error) => {
        telemetry.metrics.publications.inc({ outcome: 'refused' });
        telemetry.log.error({ err: error, log }, 'a checkpoint was not published');
      },
    });
    publisher.start();
    stops.add(() => publisher.stop());
  }
  return shownCheckpoint({ database, list, quorum, covers: (log) => logs === 'all' || log === metaLog });
}

function startFollower(
  config: Config,
  database: Database,
  clock: Clock,
  { log: lines, metrics }: Telemetry,
  witnesses: Witnesses,
  stops: StopList,
): void {
  const { everySeconds, logs, list } = config.ledger.witnesses;
  for (const { name: witness } of list) for (const outcome of witnessOutcomes) metrics.witnessRequests.inc({ witness, outcome }, 0);
  const follower = new WitnessFollower({
    database,
    witnesses,
    clock,
    everySeconds,
    covers: (log) => logs === 'all' || log === metaLog,
    onOutcome: (log, witness, outcome, error) => {
      metrics.witnessRequests.inc({ witness, outcome });
      if (error !== undefined) tell(lines, { log, witness, outcome, err: error });
    },
    onAge: (log, witness, seconds) => metrics.witnessAge.set({ log, witness }, seconds),
    onError: (error) => lines.error({ err: error }, 'the witnesses could not be asked, will try again'),
  });
  follower.start();
  stops.add(() => follower.stop());
}

type Failure = { readonly log: TenantId; readonly witness: string; readonly outcome: WitnessOutcome; readonly err: unknown };

/** One that is away is a nuisance; one that finds something wrong is what it is there for. */
function tell(lines: Telemetry['log'], failure: Failure): void {
  if (failure.outcome === 'ledger.witness_unavailable') lines.warn(failure, 'a witness gave no answer, will try again');
  else lines.error(failure, 'a witness did not cosign: find out why');
}
