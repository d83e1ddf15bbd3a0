import type { TenantId } from '../core/index.ts';
import type { Batch } from './sequence.ts';
import type { Waiting } from './store.ts';
import { Turnstile } from './turnstile.ts';

/** Runs one batch of a log, with entries that come straight from here. */
export type RunBatch = (log: TenantId, direct: readonly Waiting[]) => Promise<Batch>;

/** The batch under way for a log, and the one that will start when it ends, with the entries that wait for it in this process. */
type Drain = { readonly current: Promise<unknown>; next: { readonly batch: Promise<Batch>; readonly direct: Waiting[] } | undefined };

/**
 * Group commit: all who come while a batch is under way share the next one, so the rate grows with the load. One batch a log at a time
 * in this process (in others the head's lock decides), and at most `width` logs at once, in turn.
 */
export class Drains {
  readonly #run: RunBatch;
  readonly #turnstile: Turnstile;
  readonly #drains = new Map<TenantId, Drain>();

  constructor(run: RunBatch, width: number) {
    this.#run = run;
    this.#turnstile = new Turnstile(width);
  }

  /** The next batch that starts from now on: whatever is committed, and `direct`, is in it. */
  next(log: TenantId, direct: readonly Waiting[] = []): Promise<Batch> {
    const drain = this.#drains.get(log);
    if (drain === undefined) return this.#begin(log, direct);
    drain.next ??= this.#queue(log, drain);
    drain.next.direct.push(...direct);
    return drain.next.batch;
  }

  /** Resolves when no batch is under way or queued. */
  async idle(): Promise<void> {
    while (this.#drains.size > 0) await Promise.allSettled([...this.#drains.values()].map(({ current, next }) => next?.batch ?? current));
  }

  #queue(log: TenantId, drain: Drain): { batch: Promise<Batch>; direct: Waiting[] } {
    const direct: Waiting[] = [];
    const begin = (): Promise<Batch> => this.#begin(log, direct);
    return { batch: drain.current.then(begin, begin), direct };
  }

  #begin(log: TenantId, direct: readonly Waiting[]): Promise<Batch> {
    const current = this.#turnstile
      .pass(() => this.#run(log, direct))
      .finally(() => {
        const drain = this.#drains.get(log);
        if (drain?.current === current && drain.next === undefined) this.#drains.delete(log);
      });
    this.#drains.set(log, { current, next: undefined });
    return current;
  }
}
