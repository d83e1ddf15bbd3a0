import { wentBack } from './clock.ts';
import type { Item, Malformed, Run } from './examine.ts';
import { type Fault, MAX_FAULTS, type Note, placesOf } from './fault.ts';

/** The last entry that is known to stand where it stands. `hash` is null before the first. */
export type Last = { readonly hash: string | null; readonly ts: string };

/** More doubtful items than this are judged by themselves, without waiting for what follows. */
const MAX_PENDING = 256;
/** So many stretches that are missing are remembered; far fewer are listed. */
const MAX_GAPS = 1_000;

/**
 * Puts the items of a log together, in order: dense seq, the chain of `prev`, time that does not go back. After damage it finds its
 * place again by the seq that the entries give themselves, so that one missing entry is one fault. Where the log was cut into
 * batches makes no difference: items that continue each other are joined first.
 */
export class Sequence {
  readonly faults: Fault[] = [];
  readonly notes: Note[] = [];
  /** No entry of the log can have this seq or a higher one. */
  readonly #limit: number;
  /** Doubtful items: what follows tells where they stand. */
  readonly #pending: Item[] = [];
  /** Stretches that were left out so far. */
  #gaps: { first: number; count: number }[] = [];
  #next: number;
  /** Undefined after damage: the next entry's `prev` can then not be checked. */
  #last: Last | undefined;

  constructor(limit: number, resumed: { readonly next: number; readonly last: Last } = { next: 0, last: { hash: null, ts: '' } }) {
    this.#limit = limit;
    this.#next = resumed.next;
    this.#last = resumed.last;
  }

  /** Where it can be resumed: only while nothing is wrong and nothing in doubt. */
  get settled(): { readonly next: number; readonly last: Last } | undefined {
    if (this.#last === undefined || this.faults.length > 0 || this.#pending.length > 0) return undefined;
    return { next: this.#next, last: this.#last };
  }

  push(item: Item): void {
    if (this.#pending.length === 0 && item.kind === 'run' && item.first === this.#next) {
      this.#follow(item);
      return;
    }
    const tail = this.#pending.at(-1);
    if (tail?.kind === 'run' && item.kind === 'run' && isContinued(tail, item)) {
      if (wentBack(tail.lastTs, item.firstTs)) this.clockStep({ seq: item.first, from: tail.lastTs, to: item.firstTs });
      this.#pending.splice(-1, 1, joined(tail, item));
    } else this.#pending.push(item);
    const last = this.#pending.at(-1);
    if (last !== undefined && (isSure(last) || this.#pending.length >= MAX_PENDING)) this.#settle();
  }

  /** The end of the log: gaps become faults. */
  finish(): void {
    this.#settle();
    for (const { first, count } of this.#gaps) {
      const what = count === 1 ? `entry ${first} is missing` : `entries ${placesOf(first, count)} are missing`;
      this.#fault({ kind: 'entry.missing', seq: first, message: what });
    }
    this.#gaps = [];
    this.faults.sort((one, other) => (one.seq ?? Number.MAX_SAFE_INTEGER) - (other.seq ?? Number.MAX_SAFE_INTEGER));
  }

  #settle(): void {
    const items = this.#pending.splice(0);
    const anchor = items.at(-1);
    const before = anchor !== undefined && isSure(anchor) ? items.slice(0, -1) : items;
    const places = before.reduce((sum, item) => sum + sizeOf(item), 0);
    const fit = anchor?.kind === 'run' && isSure(anchor) && anchor.first === this.#next + places;
    for (const [index, item] of items.entries()) {
      if (item.kind === 'run' && item.first === this.#next) this.#follow(item);
      else if (fit) this.#misplaced(item);
      else this.#alone(item, items[index + 1]);
    }
  }

  /** It stands where it says. */
  #follow(run: Run): void {
    const { first, prev, firstTs } = run;
    this.#checkForeign(run, first);
    if (this.#last !== undefined && prev !== this.#last.hash) {
      this.#fault(alteredBefore(first));
    }
    if (this.#last !== undefined && wentBack(this.#last.ts, firstTs)) this.clockStep({ seq: first, from: this.#last.ts, to: firstTs });
    this.#next = first + run.count;
    this.#last = { hash: run.lastHash, ts: run.lastTs };
  }

  /** It takes up places of the log, but not those that it says. */
  #misplaced(item: Item): void {
    const at = this.#next;
    if (item.kind === 'malformed') this.#malformed(at);
    else {
      this.#checkForeign(item, at);
      this.#fault({ kind: 'entry.misplaced', seq: at, message: `where entry ${at} must be there is one that says it is ${item.first}` });
    }
    this.#next = at + sizeOf(item);
    this.#last = undefined;
  }

  #alone(item: Item, following: Item | undefined): void {
    if (item.kind === 'malformed') this.#malformedAlone(item, following);
    else if (item.first >= this.#limit && item.count === 1) this.#misplaced(item);
    else if (item.first > this.#next) this.#jump(item);
    else this.#outOfOrder(item);
  }

  /** Either in the place of an entry or between two. */
  #malformedAlone(item: Malformed, following: Item | undefined): void {
    if (following?.kind !== 'run' || following.first !== this.#next) this.#misplaced(item);
    else this.#malformed(this.#next);
  }

  #malformed(seq: number): void {
    this.#fault({ kind: 'entry.malformed', seq, message: `entry ${seq} is not canonical JSON of version 1` });
  }

  #jump(run: Run): void {
    if (this.#gaps.length < MAX_GAPS) this.#gaps.push({ first: this.#next, count: run.first - this.#next });
    this.#next = run.first;
    this.#last = undefined;
    this.#follow(run);
  }

  /** It was left out before and comes late, or it is there already. */
  #outOfOrder(run: Run): void {
    const { first, count } = run;
    this.#checkForeign(run, first);
    const gap = this.#gaps.find((open) => first >= open.first && first + count <= open.first + open.count);
    if (gap !== undefined) {
      this.#fill(gap, first, count);
      const what = count === 1 ? `entry ${first} stands` : `entries ${placesOf(first, count)} stand`;
      this.#fault({ kind: 'entry.misplaced', seq: first, message: `${what} after entry ${this.#next - 1}` });
      return;
    }
    const again = Math.min(first + count, this.#next) - first;
    const what = again === 1 ? `entry ${first} is` : `entries ${placesOf(first, again)} are`;
    this.#fault({ kind: 'entry.repeated', seq: first, message: `${what} there more than once` });
    if (first + count <= this.#next) return;
    this.#next = first + count;
    this.#last = { hash: run.lastHash, ts: run.lastTs };
  }

  #fill(gap: { first: number; count: number }, first: number, count: number): void {
    const left = { first: gap.first, count: first - gap.first };
    const right = { first: first + count, count: gap.first + gap.count - first - count };
    this.#gaps = this.#gaps.flatMap((open) => (open === gap ? [left, right].filter((part) => part.count > 0) : [open]));
  }

  #checkForeign({ foreign }: Run, seq: number): void {
    if (foreign !== undefined) this.#fault({ kind: 'entry.foreign', seq, message: `entry ${seq} belongs to log \`${foreign}\`` });
  }

  clockStep({ seq, from, to }: { seq: number; from: string; to: string }): void {
    if (this.notes.length >= MAX_FAULTS) return;
    this.notes.push({ kind: 'clock.back', seq, message: `entry ${seq} is of ${to}, the one before of ${from}: a clock went back` });
  }

  #fault(fault: Fault): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push(fault);
  }
}

function alteredBefore(seq: number): Fault {
  if (seq === 0) return { kind: 'entry.altered', seq, message: 'entry 0 recorded a predecessor, and there is none' };
  return { kind: 'entry.altered', seq: seq - 1, message: `entry ${seq - 1} is not what entry ${seq} recorded as its predecessor` };
}

/** Two entries in a row that fit are no accident: they say where they stand. */
function isSure(item: Item): boolean {
  return item.kind === 'run' && item.count >= 2;
}

function sizeOf(item: Item): number {
  return item.kind === 'run' ? item.count : 1;
}

function isContinued(one: Run, other: Run): boolean {
  const ours = one.foreign === undefined && other.foreign === undefined;
  return ours && other.first === one.first + one.count && other.prev === one.lastHash;
}

function joined(one: Run, other: Run): Run {
  return { ...one, count: one.count + other.count, lastHash: other.lastHash, lastTs: other.lastTs };
}
