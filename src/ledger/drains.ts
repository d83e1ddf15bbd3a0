import type { TenantId } from '../core/index.ts';
import type { Batch } from './sequence.ts';
import type { Waiting } from './store.ts';
import { Turnstile } from './turnstile.ts';

/** Runs one batch of a log. `direct` closes the list of those that come straight from here, and answers with it. */
export type RunBatch = (log: TenantId, direct: () => readonly Waiting[]) => Promise<Batch>;

/** A batch that is under way or will be, and who may still come along. */
type Run = { readonly batch: Promise<Batch>; readonly direct: Waiting[]; closed: boolean };
type Drain = { current: Run; next: Run | undefined };

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

  /** A batch that takes all of `direct`: one that has not closed its list yet, or the next. */
  with(log: TenantId, direct: readonly Waiting[]): Promise<Batch> {
    const drain = this.#drains.get(log);
    const run = drain === undefined ? this.#begin(log) : this.#open(log, drain);
    run.direct.push(...direct);
    return run.batch;
  }

  /** The next batch that starts from now on, in which whatever is committed is; and the one under way, in which it may be already. */
  next(log: TenantId): { readonly next: Promise<Batch>; readonly current: Promise<Batch> } {
    const drain = this.#drains.get(log);
    if (drain === undefined) {
      const { batch } = this.#begin(log);
      return { next: batch, current: batch };
    }
    drain.next ??= this.#queue(log, drain);
    return { next: drain.next.batch, current: drain.current.batch };
  }

  /** Resolves when no batch is under way or queued. */
  async idle(): Promise<void> {
    while (this.#drains.size > 0) {
      await Promise.allSettled([...this.#drains.values()].map(({ current, next }) => (next ?? current).batch));
    }
  }

  #open(log: TenantId, drain: Drain): Run {
    if (!drain.current.closed) return drain.current;
    drain.next ??= this.#queue(log, drain);
    return drain.next;
  }

  #queue(log: TenantId, drain: Drain): Run {
    const begin = (): Promise<Batch> => this.#start(log, run, drain);
    const run: Run = { batch: drain.current.batch.then(begin, begin), direct: [], closed: false };
    return run;
  }

  #begin(log: TenantId): Run {
    const { promise, resolve, reject } = Promise.withResolvers<Batch>();
    const run: Run = { batch: promise, direct: [], closed: false };
    const drain: Drain = { current: run, next: undefined };
    this.#drains.set(log, drain);
    this.#start(log, run, drain).then(resolve, reject);
    return run;
  }

  #start(log: TenantId, run: Run, drain: Drain): Promise<Batch> {
    drain.current = run;
    drain.next = undefined;
    const close = (): readonly Waiting[] => {
      run.closed = true;
      return run.direct;
    };
    return this.#turnstile
      .pass(() => this.#run(log, close))
      .finally(() => {
        run.closed = true;
        if (drain.next === undefined) this.#drains.delete(log);
      });
  }
}
