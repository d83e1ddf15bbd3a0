import { setTimeout as delay } from 'node:timers/promises';
import type { TenantId } from '../../src/core/index.ts';

/** One acknowledged entry: where, of which load process, and when (milliseconds of `performance.now`). */
type Beat = { readonly slot: number; readonly log: TenantId; readonly at: number };

/** Remembers when entries were acknowledged, so that a silence can be measured and its end awaited. */
export class Pulse {
  #beats: Beat[] = [];

  beat(slot: number, logs: readonly TenantId[]): void {
    for (const log of logs) this.#beats.push({ slot, log, at: performance.now() });
  }

  /** Forgets what was before. */
  restart(): void {
    this.#beats = [];
  }

  /** Waits until every one of the load processes had an entry acknowledged after a moment; false when that took too long. */
  awaitSlots(slots: readonly number[], since: number, milliseconds: number): Promise<boolean> {
    return this.#await(milliseconds, () => slots.every((slot) => this.#beats.some((beat) => beat.slot === slot && beat.at > since)));
  }

  /** Waits until every log had an entry of some of these load processes acknowledged after a moment; false when that took too long. */
  awaitLogs(logs: readonly TenantId[], slots: readonly number[], since: number, milliseconds: number): Promise<boolean> {
    const heard = (log: TenantId): boolean => this.#beats.some((beat) => beat.log === log && beat.at > since && slots.includes(beat.slot));
    return this.#await(milliseconds, () => logs.every(heard));
  }

  /** The longest time, from a moment until now, in which some log had no entry of these load processes acknowledged. */
  longestSilence(logs: readonly TenantId[], slots: readonly number[], since: number): number {
    const now = performance.now();
    const silences = logs.map((log) => {
      const moments = this.#beats.filter((beat) => beat.log === log && slots.includes(beat.slot) && beat.at > since).map(({ at }) => at);
      return Math.max(...[...moments, now].map((at, index) => at - (moments[index - 1] ?? since)));
    });
    return Math.max(...silences);
  }

  async #await(milliseconds: number, condition: () => boolean): Promise<boolean> {
    const deadline = performance.now() + milliseconds;
    while (!condition()) {
      if (performance.now() > deadline) return false;
      await delay(5);
    }
    return true;
  }
}
