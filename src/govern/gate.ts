import { GovernError } from './errors.ts';

/** Counts what is under way: refuses above a bound, and lets a stop wait until all of it has ended. */
export class Gate {
  readonly #limit: number;
  readonly #onChange: (inFlight: number) => void;
  #inFlight = 0;
  #idle: (() => void)[] = [];
  #stopping = false;

  constructor(limit: number, onChange: (inFlight: number) => void) {
    this.#limit = limit;
    this.#onChange = onChange;
  }

  /** @throws GovernError `govern.overloaded`, `govern.stopping` */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#stopping)
      throw new GovernError('govern.stopping', 'this gateway is stopping', { remedy: 'repeat the call; another gateway will take it' });
    if (this.#inFlight >= this.#limit) {
      throw new GovernError('govern.overloaded', `${this.#limit} governed actions are already under way`, {
        remedy: 'repeat the call after a moment, with the same idempotency key',
      });
    }
    this.#count(1);
    try {
      return await work();
    } finally {
      this.#count(-1);
    }
  }

  /** From now on nothing new passes; resolves when the last one under way has ended. */
  async close(): Promise<void> {
    this.#stopping = true;
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #count(change: 1 | -1): void {
    this.#inFlight += change;
    this.#onChange(this.#inFlight);
    if (this.#inFlight > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
