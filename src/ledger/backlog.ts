import type { TenantId } from '../core/index.ts';
import { LedgerError } from './errors.ts';

/**
 * How many entries of a log wait for their place, as this gateway knows: counted by a look at the outbox now and then, and by what it
 * appended and placed itself since. Above the bound appends are refused: better an action not done than one done unrecorded.
 */
export class Backlog {
  readonly #waiting = new Map<TenantId, number>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws LedgerError `ledger.backlog_full` */
  admit(log: TenantId): void {
    const waiting = this.#waiting.get(log) ?? 0;
    if (waiting >= this.#limit) {
      throw new LedgerError('ledger.backlog_full', `${waiting} entries of log \`${log}\` wait for their place`, {
        remedy: 'repeat the call after a moment; if it lasts, the ledger cannot sequence: see GET /ready and the log',
      });
    }
    this.#waiting.set(log, waiting + 1);
  }

  placed(log: TenantId, count: number): void {
    const waiting = (this.#waiting.get(log) ?? 0) - count;
    if (waiting > 0) this.#waiting.set(log, waiting);
    else this.#waiting.delete(log);
  }

  /** What was counted in the outboxes; logs that are not named have nothing there. */
  counted(waiting: ReadonlyMap<TenantId, number>): void {
    this.#waiting.clear();
    for (const [log, count] of waiting) if (count > 0) this.#waiting.set(log, count);
  }

  /** True while appends of any log are refused. */
  isFull(): boolean {
    return [...this.#waiting.values()].some((count) => count >= this.#limit);
  }
}
