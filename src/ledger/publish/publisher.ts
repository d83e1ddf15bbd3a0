import { parseCheckpointBody, parseNote, Rounds, type TenantId } from '../../core/index.ts';
import type { Database, Trx } from '../../storage/index.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { LedgerError } from '../errors.ts';
import { signedHeads } from '../heads.ts';
import { treeRoot } from '../proof.ts';
import { latestCheckpoint, readTile } from '../store.ts';
import { memoised, nodesFromTiles } from '../tiles.ts';
import { assertOwned, filesOf, newestPublished, readPublished, writePublished } from './folder.ts';
import { commitFiles, openRepository, pushCommits } from './repository.ts';

export type PublisherOptions = {
  readonly database: Database;
  readonly folder: string;
  readonly everySeconds: number;
  /** Commit what is published, with the system's git; `push` also sends it to the remote that the branch follows. */
  readonly git: boolean;
  readonly push?: boolean;
  /** The note of a log to publish; the newest checkpoint by default. */
  readonly newest?: (trx: Trx, log: TenantId) => Promise<Checkpoint | undefined>;
  /** Told of each new checkpoint that is out. */
  readonly onPublished?: (log: TenantId, size: number) => void;
  /** Told of what was not published; of no log in particular when it is the folder. */
  readonly onError?: (log: string, error: unknown) => void;
};

/**
 * Puts the newest checkpoint of every log into a folder outside of the database: `<log>/checkpoint`, and `<log>/<size>` for each one that
 * was. What is published there is never taken back: a log that does not continue it is told, and its files stay as they are. So who keeps
 * the folder, or a clone of it, can show later what the log was.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #rounds: Rounds;

  constructor(options: PublisherOptions) {
    this.#options = options;
    const { everySeconds, onError } = options;
    this.#rounds = new Rounds(() => this.round(), { pauseMilliseconds: everySeconds * 1_000, onError: (error) => onError?.('*', error) });
  }

  start(): void {
    this.#rounds.start();
  }

  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  /**
   * Publishes what is new of every log; answers with how many checkpoints that were.
   *
   * @throws LedgerError `ledger.publish_refused`, `ledger.publish_failed` for the folder; what is wrong with one log goes to `onError`
   */
  async round(): Promise<number> {
    const { database, folder, onError } = this.#options;
    await assertOwned(folder);
    const files = this.#options.git ? await this.#leftBehind() : [];
    const published: { log: TenantId; size: number }[] = [];
    for (const { log } of await signedHeads(database)) {
      const size = await this.#publish(log).catch((error: unknown) => {
        onError?.(log, error);
        return undefined;
      });
      if (size === undefined) continue;
      published.push({ log, size });
      files.push(...Object.values(filesOf(log, size)));
    }
    if (this.#options.git) await this.#commit([...new Set(files)], published);
    for (const { log, size } of published) this.#options.onPublished?.(log, size);
    return published.length;
  }

  /** The new size; undefined when what is out is the newest. */
  async #publish(log: TenantId): Promise<number | undefined> {
    const { database, folder, newest = latestCheckpoint } = this.#options;
    const out = await newestPublished(folder, log);
    const next = await database.transaction(log, async (trx) => {
      const checkpoint = await newest(trx, log);
      if (checkpoint === undefined || out === undefined) return checkpoint;
      return (await assertContinues(trx, log, out, checkpoint)) === checkpoint.size ? undefined : checkpoint;
    });
    if (next === undefined) return undefined;
    const { newest: file, history } = filesOf(log, next.size);
    await writePublished(folder, history, next.note);
    await writePublished(folder, file, next.note);
    return next.size;
  }

  /** Files that were written and not committed are committed with the next ones, if they say what the log says. */
  async #leftBehind(): Promise<string[]> {
    const { database, folder } = this.#options;
    const files: string[] = [];
    for (const file of await openRepository(folder)) {
      const [log] = (await signedHeads(database)).filter((head) => file.startsWith(`${head.log}/`)).map((head) => head.log);
      const note = await readPublished(folder, file);
      if (log === undefined || note === undefined) throw foreign(folder, file);
      await database.transaction(log, async (trx) => {
        const checkpoint = await latestCheckpoint(trx, log);
        if (checkpoint !== undefined) await assertContinues(trx, log, note, checkpoint);
      });
      files.push(file);
    }
    return files;
  }

  async #commit(files: readonly string[], published: readonly { log: TenantId; size: number }[]): Promise<void> {
    const { folder, push = false } = this.#options;
    const message = published.map(({ log, size }) => `${log} ${size}`).join(', ') || 'left behind';
    if (files.length > 0) await commitFiles(folder, files, message);
    if (push) await pushCommits(folder);
  }
}

/** What was published is the beginning of what is to be: by the root over as many entries as it has, from the tiles of today. Its size. */
async function assertContinues(trx: Trx, log: TenantId, out: string, next: Checkpoint): Promise<number> {
  const note = parseNote(out);
  const published = note && parseCheckpointBody(note.text);
  if (published === undefined) throw changed(log, 'what is published is not a checkpoint any more');
  if (published.size > next.size) throw changed(log, `${published.size} entries are published, the log has ${next.size}`);
  const nodes = memoised(nodesFromTiles(memoised((level, index) => readTile(trx, log, level, index))));
  const root = await treeRoot(published.size, nodes);
  if (!root.equals(published.root)) throw changed(log, `its first ${published.size} entries are not the ones that are published`);
  return published.size;
}

function changed(log: TenantId, why: string): LedgerError {
  return new LedgerError('ledger.inconsistent', `log \`${log}\` is not published: ${why}`, {
    remedy: 'the database was restored or altered, or somebody wrote into the folder: keep the folder as it is and find out',
  });
}

function foreign(folder: string, file: string): LedgerError {
  return new LedgerError('ledger.publish_refused', `\`${folder}\` is not published into: \`${file}\` is of no log that is here`, {
    remedy: 'give each installation a folder of its own',
  });
}
