import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Batch, type Examined, examine } from './examine.ts';

/** Beside this file, and of its kind: TypeScript in a checkout, JavaScript in the packed build. */
const program = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

type Thread = { readonly worker: Worker; readonly waiting: PromiseWithResolvers<Examined>[] };

/** Threads that examine batches, each in turn; they start with their first batch. With one worker, the calling thread does it. */
export class ExaminePool {
  readonly size: number;
  readonly #log: string;
  readonly #threads: Thread[] = [];
  #batches = 0;

  constructor(log: string, size: number) {
    this.#log = log;
    this.size = size;
  }

  examine(batch: Batch): Promise<Examined> {
    if (this.size <= 1) return Promise.resolve(examine(batch, this.#log));
    const thread = this.#threads[this.#batches % this.size] ?? this.#start();
    this.#batches += 1;
    const answer = Promise.withResolvers<Examined>();
    answer.promise.catch(() => undefined); // whoever awaits it hears of it, maybe only after others
    thread.waiting.push(answer);
    thread.worker.postMessage(batch);
    return answer.promise;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #start(): Thread {
    const thread: Thread = { worker: new Worker(program, { workerData: this.#log }), waiting: [] };
    const fail = (error: unknown): void => {
      for (const answer of thread.waiting.splice(0)) answer.reject(error);
    };
    thread.worker.on('message', (examined: Examined) => thread.waiting.shift()?.resolve(examined));
    thread.worker.on('error', fail);
    thread.worker.on('exit', (code) => fail(new Error(`a thread of the verification ended with ${code}`)));
    this.#threads.push(thread);
    return thread;
  }
}
