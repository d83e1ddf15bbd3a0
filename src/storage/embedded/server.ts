import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { messageOf } from '../../core/index.ts';
import { StorageError } from '../errors.ts';
import { type Home, type HomeOptions, prepareHome, readPassword } from './home.ts';
import { ensurePostmaster, type Postmaster, readPostmaster, stopPostmaster } from './postmaster.ts';

/** One gateway a cluster: whoever holds this session lock owns it. It ends with the process, so it is never stale. "cntr" */
const OWNER_LOCK = 0x636e7472;

export type EmbeddedOptions = HomeOptions & {
  /** Told what a person should know: where the data is, and that a server that died was started again. */
  readonly onEvent?: (message: string) => void;
};

/**
 * A PostgreSQL of our own: started when needed, taken over when a killed predecessor left it running, started again when it
 * dies, and never shared by two gateways.
 */
export class EmbeddedPostgres {
  readonly #home: Home;
  readonly #onEvent: (message: string) => void;
  #postmaster: Postmaster | undefined;
  #lock: pg.Client | undefined;
  #recovering: Promise<void> = Promise.resolve();
  #stopping = false;

  private constructor(home: Home, onEvent: (message: string) => void) {
    this.#home = home;
    this.#onEvent = onEvent;
  }

  /** @throws StorageError `storage.in_use` when another gateway owns the cluster; `storage.start_failed`; `storage.binaries_missing`. */
  static async start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    const server = new EmbeddedPostgres(prepareHome(options), options.onEvent ?? (() => undefined));
    await server.#acquire();
    return server;
  }

  /**
   * Finds a server that a gateway runs, without owning it: for reading beside it.
   *
   * @throws StorageError `storage.unavailable` when none runs
   */
  static attach(options: EmbeddedOptions): EmbeddedPostgres {
    const server = new EmbeddedPostgres(prepareHome(options), () => undefined);
    const running = readPostmaster(server.#home);
    if (running === undefined)
      throw new StorageError('storage.unavailable', `no server runs on \`${server.folder}\``, {
        remedy: 'start the gateway, or set DATABASE_URL',
      });
    server.#postmaster = running;
    return server;
  }

  /** Where the cluster is; not always below the data folder asked for. */
  get folder(): string {
    return this.#home.folder;
  }

  get pid(): number | undefined {
    return this.#postmaster?.pid;
  }

  /** A connection URL: `owner` owns the tables, `app` does not. */
  url(role: 'owner' | 'app', database: string = 'postgres'): string {
    const user = role === 'owner' ? 'countersign' : 'countersign_app';
    return `postgresql://${user}:${readPassword(this.#home, role)}@127.0.0.1:${this.#postmaster?.port}/${database}`;
  }

  /** Lets the app role log in with the password of this cluster; the migrations made the role. */
  async enableAppLogin(): Promise<void> {
    const password = pg.escapeLiteral(readPassword(this.#home, 'app'));
    await this.#lock?.query(`alter role countersign_app login password ${password}`);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#recovering; // or it would start what is stopped here
    await this.#lock?.end();
    if (this.#postmaster !== undefined) await stopPostmaster(this.#home, this.#postmaster);
  }

  async #acquire(): Promise<void> {
    this.#lock = await this.#takeLock();
    this.#lock.on('end', () => {
      this.#recovering = this.#recover();
    });
  }

  async #takeLock(): Promise<pg.Client> {
    const client = await this.#connect();
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [OWNER_LOCK]);
    if (rows[0]?.taken === true) return client;
    const holder = await lockHolder(client);
    await client.end();
    throw new StorageError('storage.in_use', `the data in \`${this.#home.folder}\` is in use by another Countersign (${holder})`, {
      remedy: 'stop that process, set COUNTERSIGN_DATA to another folder, or run several gateways over one server with DATABASE_URL',
    });
  }

  /** A server that has just been started, or is recovering from a crash, refuses connections for a moment; one on its way down is started again. */
  async #connect(): Promise<pg.Client> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      this.#postmaster = await ensurePostmaster(this.#home, this.#postmaster?.port);
      const client = new pg.Client({ connectionString: this.url('owner'), application_name: `countersign pid ${process.pid}` });
      client.on('error', () => undefined); // followed by `end`, which acts
      try {
        await client.connect();
        return client;
      } catch (cause) {
        if (this.#stopping || Date.now() > deadline) {
          throw new StorageError('storage.start_failed', 'the embedded PostgreSQL runs but refuses connections', { cause });
        }
        await delay(50);
      }
    }
  }

  /** The server died under us (killed, out of memory): start it again on the same port, where the pool expects it. */
  async #recover(): Promise<void> {
    for (let attempt = 1; !this.#stopping; attempt += 1) {
      try {
        await this.#acquire();
        this.#onEvent(`the embedded PostgreSQL had died and was started again (attempt ${attempt})`);
        return;
      } catch (error) {
        if (attempt === 1) this.#onEvent(`the embedded PostgreSQL died; starting it again until it runs: ${messageOf(error)}`);
        await delay(Math.min(250 * attempt, 5_000));
      }
    }
  }
}

async function lockHolder(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.objid = $1 and l.granted`,
    [OWNER_LOCK],
  );
  return rows[0]?.name ?? 'its process has just gone; try again';
}
