import { setTimeout as delay } from 'node:timers/promises';
import type { TenantId } from '../core/index.ts';
import { type Signing, signHead } from './checkpoint.ts';

export type HeadSignerOptions = Signing & {
  /** How far apart two checkpoints of one log are at least; what comes in between shares the next one. */
  readonly signMilliseconds?: number;
  /** Told of failures; what failed is tried again. */
  readonly onError?: (log: string, error: unknown) => void;
};

/** A log that was signed just now: whether its head moved since, and when all of it is signed. */
type Busy = { moved: boolean; done: Promise<void> };

/**
 * Signs heads behind the answers' backs: a place is final without a signature. A head that moves on a quiet log is signed at
 * once; on a busy one signatures keep their distance, because each proves the tree anew and would cost every batch as much as
 * the batch itself. The last head is always signed, also when stopped.
 */
export class HeadSigner {
  readonly #options: HeadSignerOptions;
  readonly #busy = new Map<TenantId, Busy>();
  readonly #stop = new AbortController();

  constructor(options: HeadSignerOptions) {
    this.#options = options;
  }

  /** Says that a log's head moved. What fails is told, and left for the next call. */
  headMoved(log: TenantId): void {
    const busy = this.#busy.get(log);
    if (busy === undefined) this.#begin(log);
    else busy.moved = true;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#busy.values()].map(({ done }) => done));
  }

  #begin(log: TenantId): void {
    const busy: Busy = { moved: true, done: Promise.resolve() };
    this.#busy.set(log, busy);
    busy.done = this.#signWhileMoving(log, busy);
  }

  async #signWhileMoving(log: TenantId, busy: Busy): Promise<void> {
    while (busy.moved) {
      busy.moved = false;
      await signHead(this.#options, log).catch((error: unknown) => this.#options.onError?.(log, error));
      await delay(this.#options.signMilliseconds ?? 100, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    this.#busy.delete(log);
  }
}
