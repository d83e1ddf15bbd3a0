import type { Contradictions } from './contradictions.ts';
import { type Line, readLines } from './journal.ts';
import { journalOf } from './messages.ts';

export type Place = { readonly seq: number; readonly leafHash: string };
type Known = { readonly log: string; place: Place | undefined; pending: boolean };

/** What all clients together asked for and were told, read from their journals as they grow. */
export class Clients {
  readonly #known = new Map<string, Known>();
  readonly #ends = new Map<number, number>();
  readonly #failures = new Map<string, number>();
  readonly #folder: string;
  readonly #contradictions: Contradictions;
  /** Answers `SEQUENCED`, repeated ones included. */
  answers = 0;

  constructor(folder: string, contradictions: Contradictions) {
    this.#folder = folder;
    this.#contradictions = contradictions;
  }

  /** Takes note of what is new in the journals. */
  async read(slots: readonly number[]): Promise<void> {
    for (const slot of slots) {
      const { lines, end } = await readLines(journalOf(this.#folder, slot), this.#ends.get(slot) ?? 0);
      this.#ends.set(slot, end);
      for (const line of lines) this.note(line);
    }
  }

  note(line: Line): void {
    if (line.kind === 'violation') this.#contradictions.add('accepted', line.log, line.message);
    else if (line.kind === 'failure') this.#failures.set(line.message, (this.#failures.get(line.message) ?? 0) + 1);
    else if (line.kind === 'intent') this.#known.set(line.id, { log: line.log, place: undefined, pending: false });
    else if (line.kind === 'pending') this.#of(line).pending = true;
    else this.#notePlace(line);
  }

  /** Every entry that was told its place, with the place. */
  *placed(log: string): Generator<[string, Place]> {
    for (const [id, known] of this.#known) if (known.log === log && known.place !== undefined) yield [id, known.place];
  }

  /** Every entry that was told `PENDING` first. */
  pending(log?: string): { id: string; resolved: boolean }[] {
    return [...this.#known].flatMap(([id, known]) =>
      known.pending && (log === undefined || known.log === log) ? [{ id, resolved: known.place !== undefined }] : [],
    );
  }

  get acknowledged(): number {
    return [...this.#known.values()].filter(({ place }) => place !== undefined).length;
  }

  get asked(): number {
    return this.#known.size;
  }

  get failures(): ReadonlyMap<string, number> {
    return this.#failures;
  }

  #notePlace({ id, log, seq, leafHash }: Line & { kind: 'placed' }): void {
    const known = this.#of({ id, log });
    this.answers += 1;
    if (known.place !== undefined && (known.place.seq !== seq || known.place.leafHash !== leafHash)) {
      this.#contradictions.add('duplicated', log, `entry ${id} was told place ${known.place.seq} and then ${seq}`);
    }
    known.place = { seq, leafHash };
  }

  #of({ id, log }: { id: string; log: string }): Known {
    const known = this.#known.get(id) ?? { log, place: undefined, pending: false };
    this.#known.set(id, known);
    return known;
  }
}
