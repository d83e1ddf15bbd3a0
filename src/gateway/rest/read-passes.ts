import type { Identity } from '../../auth/index.ts';
import type { Clock } from '../../core/index.ts';
import type { Decision } from '../../govern/index.ts';

const VALID_MILLISECONDS = 5 * 60_000;
const MAX_PASSES = 10_000;

/**
 * Who was allowed to read a log just now. A pass is for exactly the identity that was decided on, with its roles and its context: who
 * gains or loses any of them is asked about again.
 */
export class ReadPasses {
  readonly #clock: Clock;
  readonly #until = new Map<string, number>();
  readonly #asking = new Map<string, Promise<Decision>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The decision that refuses; undefined when the caller may read. Callers that come together are decided on once. */
  async refusal(identity: Identity, decide: () => Promise<Decision>): Promise<Decision | undefined> {
    const name = JSON.stringify(identity);
    const now = this.#clock.now().getTime();
    if ((this.#until.get(name) ?? 0) > now) return undefined;
    const asking = this.#asking.get(name) ?? decide().finally(() => this.#asking.delete(name));
    this.#asking.set(name, asking);
    const decision = await asking;
    if (decision.result !== 'ALLOW') return decision;
    this.#keep(name, now);
    return undefined;
  }

  #keep(name: string, now: number): void {
    if (this.#until.size >= MAX_PASSES) this.#until.clear(); // everybody is asked about again: rare, and only slower
    this.#until.set(name, now + VALID_MILLISECONDS);
  }
}
