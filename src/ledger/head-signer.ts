import { setTimeout as delay } from 'node:timers/promises';
import type { TenantId } from '../core/index.ts';
import { type Checkpoint, type Place, type Signing, signHead } from './checkpoint.ts';
import { Turnstile } from './turnstile.ts';

export type HeadSignerOptions = Signing & {
  /** How far apart two checkpoints of one log are at least; what comes in between shares the next one. */
  readonly signMilliseconds?: number;
  /** Told of failures; what failed is tried again. */
  readonly onError?: (log: string, error: unknown) => void;
  /** Told of each checkpoint once it is kept: who shows it to others. */
  readonly onSigned?: (log: TenantId, checkpoint: Checkpoint) => void;
};

/** How many logs are signed at once: signing waits for nobody's answer, and must not take the connections of those who wait. */
const SIGNERS = 2;

/** A log that was signed just now: whether its head moved since, and when all of it is signed. */
type Busy = { moved: boolean; done: Promise<void> };

/**
 * Signs heads behind the answers' backs: a place is final without a signature. A head that moves on a quiet log is signed at
 * once; on a busy one signatures keep their distance, because each proves the tree anew and would cost every batch as much as
 * the batch itself. The last head is always signed, also when stopped.
 */
export class HeadSigner {
  readonly #options: HeadSignerOptions;
  readonly #place: Place;
  readonly #turnstile = new Turnstile(SIGNERS);
  readonly #busy = new Map<TenantId, Busy>();
  readonly #stop = new AbortController();

  constructor(options: HeadSignerOptions, place: Place) {
    this.#options = options;
    this.#place = place;
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
      await this.#turnstile.pass(() => this.#sign(log)).catch((error: unknown) => this.#options.onError?.(log, error));
      await delay(this.#options.signMilliseconds ?? 100, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    this.#busy.delete(log);
  }

  async #sign(log: TenantId): Promise<void> {
    const checkpoint = await signHead(this.#options, log, this.#place);
    if (checkpoint !== undefined) this.#options.onSigned?.(log, checkpoint);
  }
}
