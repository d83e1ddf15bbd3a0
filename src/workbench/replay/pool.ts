import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PolicyBundle } from '../../policy/index.ts';
import type { Disclosure } from '../../vault/index.ts';
import type { RecordedBody } from '../recorded/records.ts';
import type { Tally } from './tally.ts';

/** What a thread is started with. */
export type WorkerSetup = { readonly bundle: PolicyBundle; readonly since: number; readonly examples: number };

/**
 * Leaf bodies one after the other; `ends` are the offsets at which each ends. Its memory is handed over, not copied. `disclosures` are of
 * the leaves that have some, by their index.
 */
export type Batch = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: readonly number[];
  readonly disclosures: ReadonlyMap<number, readonly Disclosure[]>;
};

/** Beside this file, and of its kind: TypeScript in a checkout, JavaScript in the packed build. */
const program = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

type Waiting = PromiseWithResolvers<Tally> & { readonly leaves: number };
type Thread = { readonly worker: Worker; readonly waiting: Waiting[] };

/** To start a thread takes about as long as to judge so many leaves: with fewer that wait, one more would only cost. */
const WORTH_A_THREAD = 500;

/** Threads that judge batches, each batch by the one with the least to do; they start as the work comes, so a short log costs one. */
export class ReplayPool {
  readonly #setup: WorkerSetup;
  readonly #size: number;
  readonly #threads: Thread[] = [];

  constructor(setup: WorkerSetup, size: number) {
    this.#setup = setup;
    this.#size = size;
  }

  judge(leaves: readonly RecordedBody[]): Promise<Tally> {
    const thread = this.#idlest();
    const answer = { ...Promise.withResolvers<Tally>(), leaves: leaves.length };
    answer.promise.catch(() => undefined); // whoever awaits it hears of it, maybe only after others
    thread.waiting.push(answer);
    const batch = toBatch(leaves);
    thread.worker.postMessage(batch, [batch.bytes.buffer]);
    return answer.promise;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #idlest(): Thread {
    const [idlest] = this.#threads.toSorted((one, other) => waitingIn(one) - waitingIn(other));
    if (idlest === undefined) return this.#start();
    return this.#threads.length === this.#size || waitingIn(idlest) < WORTH_A_THREAD ? idlest : this.#start();
  }

  #start(): Thread {
    const thread: Thread = { worker: new Worker(program, { workerData: this.#setup }), waiting: [] };
    const fail = (error: unknown): void => {
      for (const answer of thread.waiting.splice(0)) answer.reject(error);
    };
    thread.worker.on('message', (tally: Tally) => thread.waiting.shift()?.resolve(tally));
    thread.worker.on('error', fail);
    thread.worker.on('exit', (code) => fail(new Error(`a thread of the replay ended with ${code}`)));
    this.#threads.push(thread);
    return thread;
  }
}

function waitingIn({ waiting }: Thread): number {
  return waiting.reduce((sum, { leaves }) => sum + leaves, 0);
}

function toBatch(leaves: readonly RecordedBody[]): Batch {
  const bytes = new Uint8Array(leaves.reduce((sum, { body }) => sum + body.length, 0));
  const ends: number[] = [];
  const all = new Map<number, readonly Disclosure[]>();
  let end = 0;
  leaves.forEach(({ body, disclosures }, index) => {
    bytes.set(body, end);
    end += body.length;
    ends.push(end);
    if (disclosures.length > 0) all.set(index, disclosures);
  });
  return { bytes, ends, disclosures: all };
}
