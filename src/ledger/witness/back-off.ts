import type { Clock } from '../../core/index.ts';

const LONGEST_MILLISECONDS = 10 * 60_000;

/** Lets what fails be tried less and less often: after 1, 2, 4 … times the first pause, at most every ten minutes. */
export class BackOff {
  readonly #clock: Clock;
  readonly #first: number;
  readonly #paused = new Map<string, { readonly until: number; readonly pause: number }>();

  constructor(clock: Clock, firstMilliseconds: number) {
    this.#clock = clock;
    this.#first = firstMilliseconds;
  }

  allows(what: string): boolean {
    return (this.#paused.get(what)?.until ?? 0) <= this.#clock.now().getTime();
  }

  /** Of several failures at once, found out about side by side, the first counts. */
  failed(what: string): void {
    if (!this.allows(what)) return;
    const last = this.#paused.get(what)?.pause;
    const pause = last === undefined ? this.#first : Math.min(last * 2, LONGEST_MILLISECONDS);
    this.#paused.set(what, { until: this.#clock.now().getTime() + pause, pause });
  }

  succeeded(what: string): void {
    this.#paused.delete(what);
  }
}
