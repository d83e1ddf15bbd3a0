import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { type TenantId, Turnstile } from '../core/index.ts';
import type { Ask, Batch } from './sequence.ts';
import type { Waiting } from './store.ts';

export type Running = {
  /** Runs a batch of several logs; those that are not in the answer are to run alone. */
  readonly together: (asks: readonly Ask[]) => Promise<ReadonlyMap<TenantId, Batch>>;
  /** Runs a batch of one log. */
  readonly alone: (ask: Ask) => Promise<Batch>;
  /** Told when a batch of several logs failed, which then all run alone. */
  readonly onGroupFailed: (logs: number, error: unknown) => void;
  /** How many logs may run alone at once. */
  readonly width: number;
};

/** A batch of a log that is to come or has begun. Until then who asks may still come along. */
type Run = Ask & { readonly direct: Waiting[]; readonly answer: PromiseWithResolvers<Batch> };
type Drain = { begun: Run | undefined; open: Run | undefined };

/** How many logs share a transaction: more would save little, and hold each other's heads longer. */
export const LOGS_TOGETHER = 64;

/**
 * Group commit, over entries and logs: all who come while a transaction is under way share the next one, so the rate grows with the load. A
 * log has one batch at a time in this process (in others the head's lock decides). What would keep the others waiting goes alone beside
 * them, a few at once, in turn; and who failed alone would fail the others as well, and stays by itself until it succeeds.
 */
export class Drains {
  readonly #running: Running;
  readonly #turnstile: Turnstile;
  readonly #drains = new Map<TenantId, Drain>();
  readonly #waiting = new Set<TenantId>();
  readonly #failing = new Set<TenantId>();
  #grouping = false;

  constructor(running: Running) {
    this.#running = running;
    this.#turnstile = new Turnstile(running.width);
  }

  /** The next batch of a log, which takes all of `direct` along. */
  with(log: TenantId, direct: readonly Waiting[]): Promise<Batch> {
    const { open } = this.#next(log);
    open.direct.push(...direct);
    return open.answer.promise;
  }

  /** The next batch that begins from now on, in which whatever is committed is; and the one under way, in which it may be already. */
  next(log: TenantId): { readonly next: Promise<Batch>; readonly current: Promise<Batch> | undefined } {
    const { open, begun } = this.#next(log);
    return { next: open.answer.promise, current: begun?.answer.promise };
  }

  /** Resolves when no batch is under way or queued. */
  async idle(): Promise<void> {
    while (this.#drains.size > 0) {
      await Promise.allSettled([...this.#drains.values()].map(({ begun, open }) => (open ?? begun)?.answer.promise));
    }
  }

  #next(log: TenantId): { readonly open: Run; readonly begun: Run | undefined } {
    const drain = this.#drains.get(log) ?? { begun: undefined, open: undefined };
    this.#drains.set(log, drain);
    drain.open ??= newRun(log);
    if (drain.begun === undefined) this.#wait(log);
    return { open: drain.open, begun: drain.begun };
  }

  #wait(log: TenantId): void {
    this.#waiting.add(log);
    if (this.#grouping) return;
    this.#grouping = true;
    void this.#runGroups();
  }

  async #runGroups(): Promise<void> {
    while (this.#waiting.size > 0) {
      await turnOfTheLoop(); // who comes in this one comes along
      const waiting = [...this.#waiting];
      for (const run of this.#begin(waiting.filter((log) => this.#failing.has(log)))) void this.#runAlone(run);
      const runs = this.#begin(waiting.filter((log) => !this.#failing.has(log)).slice(0, LOGS_TOGETHER));
      const batches = await this.#runTogether(runs);
      for (const run of runs) {
        const batch = batches.get(run.log);
        if (batch === undefined) void this.#runAlone(run);
        else this.#end(run, () => run.answer.resolve(batch));
      }
    }
    this.#grouping = false;
  }

  /** No batch of any log when it fails: alone each succeeds, or says why. */
  async #runTogether(runs: readonly Run[]): Promise<ReadonlyMap<TenantId, Batch>> {
    if (runs.length === 0) return new Map();
    try {
      return await this.#running.together(runs);
    } catch (error) {
      if (runs.length > 1) this.#running.onGroupFailed(runs.length, error);
      return new Map();
    }
  }

  async #runAlone(run: Run): Promise<void> {
    try {
      const batch = await this.#turnstile.pass(() => this.#running.alone(run));
      this.#failing.delete(run.log);
      this.#end(run, () => run.answer.resolve(batch));
    } catch (error) {
      this.#failing.add(run.log);
      this.#end(run, () => run.answer.reject(error));
    }
  }

  #begin(logs: readonly TenantId[]): Run[] {
    return logs.flatMap((log) => {
      this.#waiting.delete(log);
      const drain = this.#drains.get(log);
      if (drain?.open === undefined) return [];
      drain.begun = drain.open;
      drain.open = undefined;
      return [drain.begun];
    });
  }

  #end({ log }: Run, tell: () => void): void {
    const drain = this.#drains.get(log);
    if (drain?.open === undefined) this.#drains.delete(log);
    else {
      drain.begun = undefined;
      this.#wait(log);
    }
    tell();
  }
}

function newRun(log: TenantId): Run {
  const answer = Promise.withResolvers<Batch>();
  answer.promise.catch(() => undefined); // its caller may have found the entry in the batch before
  return { log, direct: [], answer };
}
