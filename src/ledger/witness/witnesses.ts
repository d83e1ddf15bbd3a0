import { parseNote, type TenantId } from '../../core/index.ts';
import type { Database, Trx } from '../../storage/index.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { consistencyPath } from '../proof.ts';
import { latestCheckpoint, readTile } from '../store.ts';
import { memoised, nodesFromTiles } from '../tiles.ts';
import { type Asked, askWitness, type LogView } from './ask.ts';
import { findCosignature } from './cosignature.ts';
import { confirmedSizes, cosignaturesAt, cosignedCheckpoints, keepCosignature, rememberSize } from './store.ts';
import type { Witness } from './witness.ts';

export type WitnessesOptions = {
  readonly database: Database;
  readonly list: readonly Witness[];
  /** How many of them have to have cosigned a checkpoint before it counts as witnessed. */
  readonly quorum: number;
  readonly deadlineMilliseconds?: number;
};

/** A checkpoint and the witnesses that cosigned it; `note` carries their lines after those of the log. */
export type WitnessedCheckpoint = Checkpoint & { readonly witnesses: readonly { readonly name: string; readonly at: Date }[] };

/** The witnesses of an installation: asks them, keeps what they sign, and says what enough of them have seen. */
export class Witnesses {
  readonly #options: WitnessesOptions;

  constructor(options: WitnessesOptions) {
    this.#options = options;
  }

  get list(): readonly Witness[] {
    return this.#options.list;
  }

  /**
   * Shows a checkpoint to one witness and keeps its cosignature.
   *
   * @throws LedgerError see `askWitness`
   */
  async ask(log: TenantId, witness: Witness, checkpoint: Checkpoint, stop: AbortSignal): Promise<Asked> {
    const { database, deadlineMilliseconds = 10_000 } = this.#options;
    const confirmed = await database.transaction(log, async (trx) => (await confirmedSizes(trx, log)).get(witness.name) ?? 0);
    const signal = AbortSignal.any([stop, AbortSignal.timeout(deadlineMilliseconds)]);
    const asked = await askWitness(witness, checkpoint, confirmed, viewOf(database, log), signal);
    await database.transaction(log, async (trx) => {
      await rememberSize(trx, log, witness.name, asked.size);
      if (asked.kind === 'cosigned') await keepCosignature(trx, log, asked.size, witness.name, asked.cosignature);
    });
    return asked;
  }

  /** The newest checkpoint that a quorum of the witnesses of today has cosigned; with a quorum of 0, the newest one. */
  async witnessed(trx: Trx, log: TenantId): Promise<WitnessedCheckpoint | undefined> {
    if (this.#options.quorum === 0) {
      const newest = await latestCheckpoint(trx, log);
      return newest === undefined ? undefined : this.#withLines(trx, log, newest);
    }
    const { quorum, list } = this.#options;
    for (let below = Number.MAX_SAFE_INTEGER; ; ) {
      const page = await cosignedCheckpoints(trx, log, below, { quorum, names: list.map(({ name }) => name) });
      for (const checkpoint of page) {
        const witnessed = await this.#withLines(trx, log, checkpoint);
        if (witnessed.witnesses.length >= quorum) return witnessed;
        below = checkpoint.size;
      }
      if (page.length === 0) return undefined;
    }
  }

  /** Verified again: the configuration may name other keys than when they were stored, and rows can be altered. */
  async #withLines(trx: Trx, log: TenantId, { size, note }: Checkpoint): Promise<WitnessedCheckpoint> {
    const stored = new Map((await cosignaturesAt(trx, log, size)).map(({ witness, line }) => [witness, line]));
    const text = parseNote(note)?.text ?? '';
    // Two names for one key are one witness.
    const list = new Map(this.#options.list.map((witness) => [witness.key.publicKey.toString('hex'), witness]));
    const found = [...list.values()].flatMap(({ name, key }) => {
      const cosignature = findCosignature(stored.get(name) ?? '', text, key);
      return cosignature === undefined ? [] : [{ name, ...cosignature }];
    });
    return {
      size,
      note: note + found.map(({ line }) => `${line}\n`).join(''),
      witnesses: found.map(({ name, at }) => ({ name, at })),
    };
  }
}

function viewOf(database: Database, log: TenantId): LogView {
  return {
    proof: (from, to) =>
      database.transaction(log, (trx) => {
        const tiles = memoised((level, index) => readTile(trx, log, level, index));
        return consistencyPath(from, to, memoised(nodesFromTiles(tiles)));
      }),
    newestSize: () => database.transaction(log, async (trx) => (await latestCheckpoint(trx, log))?.size ?? 0),
  };
}
