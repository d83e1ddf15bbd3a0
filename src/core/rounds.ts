import { setTimeout as delay } from 'node:timers/promises';

export type RoundsOptions = {
  readonly pauseMilliseconds: number;
  /** Told what a round threw: the next one comes all the same. */
  readonly onError: (error: unknown) => void;
};

/** Work that is done again and again from `start` to `stop`: at once, and after each pause. One round at a time. */
export class Rounds {
  readonly #work: () => Promise<unknown>;
  readonly #options: RoundsOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(work: () => Promise<unknown>, options: RoundsOptions) {
    this.#work = work;
    this.#options = options;
  }

  /** Aborted by `stop`: for a round that can end early. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  start(): void {
    this.#running = this.#untilStopped();
  }

  /** Ends the pause; resolves when the round under way has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #untilStopped(): Promise<void> {
    const { pauseMilliseconds, onError } = this.#options;
    while (!this.signal.aborted) {
      await this.#work().catch(onError);
      await delay(pauseMilliseconds, undefined, { signal: this.signal }).catch(() => undefined);
    }
  }
}
