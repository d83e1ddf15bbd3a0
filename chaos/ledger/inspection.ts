import { join } from 'node:path';
import type pg from 'pg';
import type { TenantId } from '../../src/core/index.ts';
import { exportLog } from '../../src/ledger/index.ts';
import { verifyExport } from '../../src/ledger/verify/index.ts';
import { LogWatch } from './check.ts';
import { Clients } from './clients.ts';
import { Contradictions } from './contradictions.ts';
import type { LedgerParts } from './gateway.ts';
import { atOneMoment, readSnapshot } from './snapshot.ts';

export type Scene = {
  readonly folder: string;
  readonly slots: readonly number[];
  readonly logs: readonly TenantId[];
  verifierKey(log: TenantId): string;
};

/** Compares what clients were told with what the database has, again and again, and at the end with what a verifier says. */
export class Inspection {
  readonly contradictions = new Contradictions();
  readonly clients: Clients;
  readonly #scene: Scene;
  readonly #watches: ReadonlyMap<TenantId, LogWatch>;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.clients = new Clients(scene.folder, this.contradictions);
    this.#watches = new Map(scene.logs.map((log) => [log, new LogWatch(log, scene.verifierKey(log), this.contradictions)]));
  }

  get entries(): number {
    return this.#sum((watch) => watch.tree.size);
  }

  get checkpoints(): number {
    return this.#sum((watch) => watch.checkpoints);
  }

  /** While the load runs. */
  async look(ownerUrl: string): Promise<void> {
    await this.clients.read(this.#scene.slots); // first: what they know by now must be in what is read after
    await atOneMoment(ownerUrl, (client) => this.#lookAll(client, false));
  }

  /** When nothing is under way any more. */
  async lookAtRest(client: pg.Client): Promise<void> {
    await this.clients.read(this.#scene.slots);
    await this.#lookAll(client, true);
  }

  /** Exports every log and has it verified by the code that shares nothing with the writer. */
  async verifyExports({ database, ledger }: LedgerParts): Promise<void> {
    for (const [log, { tree }] of this.#watches) {
      const folder = join(this.#scene.folder, `export-${log}`);
      await exportLog(database, ledger, log, folder);
      const report = await verifyExport(folder, { verifierKey: this.#scene.verifierKey(log) });
      for (const { message } of report.faults) this.contradictions.add('verify', log, message);
      if (report.entries !== tree.size || report.root !== tree.rootAt(tree.size).toString('hex')) {
        this.contradictions.add('verify', log, `the export of ${report.entries} entries is not what was read from the tables`);
      }
    }
  }

  async #lookAll(client: pg.Client, atRest: boolean): Promise<void> {
    for (const [log, watch] of this.#watches) {
      const snapshot = await readSnapshot(client, { log, from: watch.tree.size, signed: watch.signed, atRest });
      watch.look(snapshot, this.clients);
      if (atRest) watch.lookAtRest(snapshot, this.clients);
    }
  }

  #sum(of: (watch: LogWatch) => number): number {
    return [...this.#watches.values()].map(of).reduce((sum, count) => sum + count, 0);
  }
}
