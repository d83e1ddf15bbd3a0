import type { TenantId } from '../../core/index.ts';
import type { Database, Trx } from '../../storage/index.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Witness } from './witness.ts';
import { Witnesses } from './witnesses.ts';

/** The checkpoint of a log that is shown to others, with the lines of its witnesses; undefined before there is one. */
export type ShowCheckpoint = (trx: Trx, log: TenantId) => Promise<Checkpoint | undefined>;

export type ShownOptions = {
  readonly database: Database;
  readonly list: readonly Witness[];
  readonly quorum: number;
  /** Which logs the witnesses are asked about. */
  readonly covers: (log: TenantId) => boolean;
};

/**
 * Of a log that is witnessed, the newest checkpoint that a quorum has seen: who was shown an unseen one could be shown another history than
 * the witnesses. Of every other log, the newest.
 */
export function shownCheckpoint({ covers, ...options }: ShownOptions): ShowCheckpoint {
  const [witnessed, newest] = [new Witnesses(options), new Witnesses({ ...options, quorum: 0 })];
  return (trx, log) => (covers(log) ? witnessed : newest).witnessed(trx, log);
}
