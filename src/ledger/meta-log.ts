import { sql } from 'kysely';
import { type EntryId, idOf, metaLog, Rounds, sha256 } from '../core/index.ts';
import type { Database } from '../storage/index.ts';
import type { Place } from './checkpoint.ts';
import { ledgerNotice } from './sequence.ts';
import type { Waiting } from './store.ts';

export type MetaLogOptions = {
  readonly database: Database;
  /** How far apart two looks are; a log has at most one entry a look. */
  readonly metaSeconds?: number;
  readonly onError?: (log: string, error: unknown) => void;
};

type Newest = { tenant: string; size: bigint; note: string; signed_at: Date };

/** How many checkpoints go into one batch. */
const BATCH = 500;

/**
 * Writes the newest checkpoint of every log into the meta-log, whose checkpoint therefore commits to all of them: who witnesses or keeps
 * that one has kept them all. Several gateways may do it at once: the id of an entry comes of what it says, so the second one changes
 * nothing.
 */
export class MetaLog {
  readonly #options: MetaLogOptions;
  readonly #place: Place;
  readonly #rounds: Rounds;
  /** What this gateway wrote last of each log. */
  readonly #written = new Map<string, bigint>();

  constructor(options: MetaLogOptions, place: Place) {
    this.#options = options;
    this.#place = place;
    const { metaSeconds = 10, onError } = options;
    this.#rounds = new Rounds(() => this.takeUp(), {
      pauseMilliseconds: metaSeconds * 1_000,
      onError: (error) => onError?.(metaLog, error),
    });
  }

  start(): void {
    this.#rounds.start();
  }

  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  /** Takes up what is new; answers with how many checkpoints that were. */
  async takeUp(): Promise<number> {
    const { rows } = await this.#options.database.untenanted((db) =>
      sql<Newest>`select tenant, size, note, signed_at from ledger_newest_checkpoints(${metaLog}) order by tenant`.execute(db),
    );
    const fresh = rows.filter(({ tenant, size }) => this.#written.get(tenant) !== size);
    for (let at = 0; at < fresh.length; at += BATCH) await this.#write(fresh.slice(at, at + BATCH));
    return fresh.length;
  }

  async #write(checkpoints: readonly Newest[]): Promise<void> {
    await this.#place(metaLog, checkpoints.map(toEntry));
    for (const { tenant, size } of checkpoints) this.#written.set(tenant, size);
  }
}

function toEntry({ tenant, note, signed_at: now }: Newest): Waiting {
  const id: EntryId = idOf('entry', now, sha256(Buffer.from(note, 'utf8')));
  return ledgerNotice(metaLog, { type: 'checkpoint.logged', data: { checkpoint: note }, now, id, about: tenant });
}
