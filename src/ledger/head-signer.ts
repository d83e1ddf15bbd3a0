import { setTimeout as delay, setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { type TenantId, Turnstile } from '../core/index.ts';
import { type Checkpoint, type Place, type Signing, signHead } from './checkpoint.ts';
import { LOGS_TOGETHER } from './drains.ts';
import { signTogether } from './sign-together.ts';

export type HeadSignerOptions = Signing & {
  /** How far apart two checkpoints of one log are at least; what comes in between shares the next one. */
  readonly signMilliseconds?: number;
  /** Told of failures; what failed is tried again. */
  readonly onError?: (log: string, error: unknown) => void;
  /** Told of each checkpoint once it is committed: who shows it to others. */
  readonly onSigned?: (log: TenantId, checkpoint: Checkpoint) => void;
};

/** How many logs are signed alone at once: signing waits for nobody's answer, and must not take the connections of those who wait. */
const SIGNERS = 2;
/** It rests four times as long as it took, so that signing takes a fifth of the time; a second at most, so that slow signing is not put off. */
const REST_TIMES = 4;
const LONGEST_REST = 1_000;

type Signed = ReadonlyMap<TenantId, Checkpoint | undefined>;
/** Logs that will be signed in one transaction, and its answer. */
type Group = { readonly logs: TenantId[]; readonly signed: Promise<Signed> };

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
  #group: Group | undefined;
  #signing: Promise<unknown> = Promise.resolve();

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
      const began = performance.now();
      await this.#sign(log).catch((error: unknown) => this.#options.onError?.(log, error));
      const rest = Math.min(REST_TIMES * (performance.now() - began), LONGEST_REST);
      await delay(Math.max(this.#options.signMilliseconds ?? 100, rest), undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    this.#busy.delete(log);
  }

  /** With all others that moved meanwhile, as a rule; what cannot go with them, alone. */
  async #sign(log: TenantId): Promise<void> {
    const signed = await this.#together(log);
    const checkpoint = signed.has(log) ? signed.get(log) : await this.#turnstile.pass(() => signHead(this.#options, log, this.#place));
    if (checkpoint !== undefined) this.#keep(log, checkpoint);
  }

  /** It is committed: others are shown it also where this gateway cannot remember it. */
  #keep(log: TenantId, checkpoint: Checkpoint): void {
    try {
      this.#options.anchor.keep(log, checkpoint.note);
    } finally {
      this.#options.onSigned?.(log, checkpoint);
    }
  }

  #together(log: TenantId): Promise<Signed> {
    if (this.#group === undefined || this.#group.logs.length === LOGS_TOGETHER) this.#group = this.#newGroup();
    this.#group.logs.push(log);
    return this.#group.signed;
  }

  #newGroup(): Group {
    const logs: TenantId[] = [];
    const signed = this.#signing.then(turnOfTheLoop).then((): Promise<Signed> => {
      if (this.#group?.logs === logs) this.#group = undefined;
      return signTogether(this.#options, logs).catch(() => new Map()); // alone each will say why
    });
    this.#signing = signed;
    return { logs, signed };
  }
}
