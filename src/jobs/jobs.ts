import { fromKysely, PgBoss } from 'pg-boss';
import { messageOf, within } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';

/** A kind of job: its name and what it carries. Every job names the tenant for which it runs. */
export type Queue<Data extends object> = {
  readonly name: string;
  /** A job that runs longer is given to another worker; its own outcome is then refused (fencing by the command it reports to). */
  readonly expireInSeconds: number;
  readonly retryLimit: number;
  /** Compile-time only: what `enqueue` takes and a worker gets. */
  readonly carries?: Data;
};

export type JobsOptions = {
  readonly appUrl: string;
  readonly onError: (error: unknown) => void;
};

const SCHEMA = 'pgboss';

/**
 * A notification wakes a worker for one job only, and a job that is to be tried again sends none: what else waits is found by
 * polling, which pg-boss slows down to 30 s beside notifications unless told not to. Several at once, so that one agent that
 * hangs does not hold up the others.
 */
const pace = { batchSize: 1, localConcurrency: 4, pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 };

/** A worker says this often that it lives; the job of one that has not for so long (killed, cut off) is given to another. */
const HEARTBEAT_SECONDS = 30;
/** How often it is looked for such jobs. */
const SUPERVISE_SECONDS = 10;

/**
 * Makes the tables of pg-boss and the queues, as the role that owns them, and lets the application use them. Safe to run by
 * several starters at once.
 */
export async function prepareJobs(ownerUrl: string, queues: readonly Queue<object>[]): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, schema: SCHEMA, supervise: false, schedule: false, max: 2 });
  boss.on('error', () => undefined); // a failed query also rejects its call below
  await boss.start();
  try {
    for (const { name, expireInSeconds, retryLimit } of queues) {
      const queue = { expireInSeconds, heartbeatSeconds: HEARTBEAT_SECONDS, retryLimit, retryDelay: 1, retryBackoff: true, notify: true };
      await boss.createQueue(name, queue);
    }
    await boss.getDb().executeSql(grants, []);
  } finally {
    await boss.stop({ graceful: false });
  }
}

const grants = `
  do $$ begin
    perform pg_advisory_xact_lock(hashtext('countersign jobs grants'));
    grant usage on schema ${SCHEMA} to countersign_app;
    grant select, insert, update, delete on all tables in schema ${SCHEMA} to countersign_app;
    grant execute on all functions in schema ${SCHEMA} to countersign_app;
  end $$`;

/** Durable jobs: enqueued in the transaction that decides on them, run at least once, reported through a governed command. */
export class Jobs {
  readonly #boss: PgBoss;
  readonly #onError: (error: unknown) => void;

  private constructor(boss: PgBoss, onError: (error: unknown) => void) {
    this.#boss = boss;
    this.#onError = onError;
  }

  static async start(options: JobsOptions): Promise<Jobs> {
    const boss = new PgBoss({
      connectionString: options.appUrl,
      schema: SCHEMA,
      migrate: false,
      createSchema: false,
      schedule: false,
      useListenNotify: true,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
      max: 4,
    });
    boss.on('error', options.onError);
    await boss.start();
    return new Jobs(boss, options.onError);
  }

  /** Exists exactly when the transaction's other effects do. `afterSeconds`: not before then, two weeks at most. */
  async enqueue<Data extends object>(trx: Trx, queue: Queue<Data>, data: Data, when: { afterSeconds?: number } = {}): Promise<void> {
    await this.#boss.send(queue.name, data, {
      db: fromKysely(trx),
      ...(when.afterSeconds !== undefined && { startAfter: when.afterSeconds }),
    });
  }

  /** Runs `handler` for each job of a queue; a job whose handler throws is tried again, later and later, up to the queue's limit. */
  async work<Data extends object>(queue: Queue<Data>, handler: (data: Data, signal: AbortSignal) => Promise<void>): Promise<void> {
    await this.#boss.work<Data>(queue.name, pace, async (jobs) => {
      for (const job of jobs) await this.#run(queue.name, () => handler(job.data, job.signal));
    });
  }

  /** Takes no more jobs from a queue and waits for the one under way, up to `timeoutMs`. */
  async rest<Data extends object>(queue: Queue<Data>, timeoutMs: number): Promise<void> {
    await within(timeoutMs, this.#boss.offWork(queue.name, { wait: true }));
  }

  /** Lets jobs under way finish, within `timeoutMs`. What does not is run again after its expiry. */
  async stop(timeoutMs: number): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: timeoutMs });
  }

  async #run(queue: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#onError(new Error(`a job of \`${queue}\` failed: ${messageOf(error)}`, { cause: error }));
      throw error;
    }
  }
}
