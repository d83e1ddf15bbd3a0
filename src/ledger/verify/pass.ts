import type { VerifiedCheckpoint } from './checkpoint.ts';
import { bytesOf, hexOf } from './digest.ts';
import type { ArchiveEntry, Examined, RotationEntry } from './examine.ts';
import { type Fault, MAX_FAULTS, type Note } from './fault.ts';
import { CompactRange } from './range.ts';
import { Sequence } from './sequence.ts';
import type { LogSource } from './source/source.ts';
import type { Progress } from './state.ts';
import { StoredTree } from './stored-tree.ts';

export type PassOptions = {
  readonly checkpoint: VerifiedCheckpoint;
  /** How far to read: beyond the checkpoint where the source has more than is signed. */
  readonly until: number;
  readonly resumed: Progress | undefined;
  /** Where to begin when the older entries were stored away. */
  readonly begin: Progress | undefined;
  /** Sizes at which the root is asked for; batches end there. */
  readonly asked: readonly number[];
};

/** So many roots are kept in a state. */
const MAX_ROOTS = 256;
const NOTHING: Pick<Progress, 'next' | 'last' | 'subtrees'> = { next: 0, last: { hash: null, ts: '' }, subtrees: [] };

/** One reading of a log: takes what was found of each batch, in order, and says what all of it comes to. */
export class Pass {
  readonly until: number;
  readonly rotations: RotationEntry[];
  readonly archived: ArchiveEntry[] = [];
  readonly #source: LogSource;
  readonly #checkpoint: VerifiedCheckpoint;
  readonly #resumed: Progress | undefined;
  readonly #sequence: Sequence;
  readonly #range: CompactRange;
  readonly #stored: StoredTree;
  readonly #pageFaults: Fault[] = [];
  /** Hex, by size. */
  readonly #roots: Map<number, string>;
  readonly #asked: ReadonlySet<number>;
  #entries: number;
  #lastHash: string | null;

  constructor(source: LogSource, { checkpoint, until, resumed, begin: archived, asked }: PassOptions) {
    const begin = resumed ?? archived ?? NOTHING;
    this.until = until;
    this.rotations = [...(resumed?.rotations ?? [])];
    this.#source = source;
    this.#checkpoint = checkpoint;
    this.#resumed = resumed;
    this.#sequence = new Sequence(until, begin);
    this.#range = new CompactRange(begin.subtrees);
    this.#stored = new StoredTree(source, checkpoint.size, begin);
    this.#roots = new Map((resumed ?? archived)?.roots);
    this.#asked = new Set(asked);
    this.#entries = begin.next;
    this.#lastHash = begin.last.hash;
    this.#keepRoot();
  }

  get entries(): number {
    return this.#entries;
  }

  root(): Buffer {
    return bytesOf(this.#range.root());
  }

  /** The root of the first entries, at the sizes that were asked for. */
  rootAt(size: number): Buffer | undefined {
    const known = this.#roots.get(size);
    return known === undefined ? undefined : Buffer.from(known, 'hex');
  }

  async add(examined: Examined): Promise<void> {
    this.#range.join(examined.subtrees);
    this.#entries += examined.count;
    this.#keepRoot();
    for (const item of examined.items) {
      this.#sequence.push(item);
      this.#lastHash = item.kind === 'run' ? item.lastHash : item.hash;
    }
    for (const step of examined.clockSteps) this.#sequence.clockStep(step);
    this.rotations.push(...examined.rotations);
    this.archived.push(...examined.archived);
    await this.#stored.add(examined);
  }

  addFaults(faults: readonly Fault[]): void {
    this.#pageFaults.push(...faults.slice(0, MAX_FAULTS - this.#pageFaults.length));
  }

  /** What a later run can go on from; undefined while something is wrong or in doubt. */
  progress(verified: Progress['verified']): Progress | undefined {
    const settled = this.#sequence.settled;
    if (settled === undefined || settled.next !== this.#entries || settled.next > this.#checkpoint.size) return undefined;
    const roots = new Map([...this.#roots].slice(-MAX_ROOTS));
    return { ...settled, subtrees: [...this.#range.subtrees], rotations: [...this.rotations], roots, verified };
  }

  async finish(): Promise<{ faults: Fault[]; notes: Note[] }> {
    this.#sequence.finish();
    const stored = await this.#stored.finish(this.#checkpoint.root);
    const chain = stored.isSigned ? withoutGuesses(this.#sequence.faults, stored.faults) : this.#sequence.faults;
    const entries = onePerEntry([...chain, ...stored.faults, ...this.#pageFaults]);
    const faults = [...entries, ...this.#checkWhole(entries)];
    const outcome = { entries: this.#entries, root: this.root(), lastHash: this.#lastHash, isSound: faults.length === 0 };
    const concluded = await this.#source.conclude?.(outcome);
    faults.push(...(concluded?.faults ?? []));
    return { faults, notes: [...this.#sequence.notes, ...stored.notes, ...(concluded?.notes ?? []), ...this.#unsigned()] };
  }

  #keepRoot(): void {
    if (this.#asked.has(this.#entries)) this.#roots.set(this.#entries, hexOf(this.#range.root()));
  }

  #checkWhole(explanations: readonly Fault[]): Fault[] {
    const { size, root } = this.#checkpoint;
    if (this.#entries < size || (this.#entries > size && this.#source.length === undefined)) {
      return [{ kind: 'size.mismatch', seq: null, message: `there are ${this.#entries} entries, the signed checkpoint has ${size}` }];
    }
    if (this.rootAt(size)?.equals(root) === true) return [];
    return [this.#wrongRoot(explanations)];
  }

  #wrongRoot(explanations: readonly Fault[]): Fault {
    if (explanations.some(({ kind }) => kind !== 'tile.mismatch' && kind !== 'row.mismatch'))
      return { kind: 'root.mismatch', seq: null, message: 'the root differs from the signed checkpoint, as the entries above explain' };
    if (this.#resumed !== undefined && this.#resumed.next > 0) {
      const message = `with the ${this.#resumed.next} entries verified before, the root differs from the signed checkpoint: verify the whole log`;
      return { kind: 'history.rewritten', seq: null, message };
    }
    const last = this.#checkpoint.size - 1;
    return {
      kind: 'root.mismatch',
      seq: last,
      message: `the root differs from the signed checkpoint though the chain holds: entry ${last} was altered, or the whole log was rewritten`,
    };
  }

  #unsigned(): Note[] {
    const count = this.#entries - this.#checkpoint.size;
    if (count <= 0 || this.#source.length === undefined) return [];
    return [{ kind: 'unsigned.tail', seq: this.#checkpoint.size, message: `${count} entries are newer than the newest checkpoint` }];
  }
}

/**
 * What a neighbour recorded tells that something was altered, the signed tree tells exactly what. Where it tells nothing of either, the
 * chain was signed as it is, and broken.
 */
function withoutGuesses(chain: readonly Fault[], strays: readonly Fault[]): Fault[] {
  const known = new Set(strays.map(({ seq }) => seq));
  return chain.filter(({ kind, seq }) => kind !== 'entry.altered' || seq === null || !(known.has(seq) || known.has(seq + 1)));
}

/** Of several faults of an entry the first explains the others: what is malformed is also altered. */
function onePerEntry(faults: readonly Fault[]): Fault[] {
  const seen = new Set<number>();
  return faults
    .map((fault, order) => ({ fault, order }))
    .sort((one, other) => (one.fault.seq ?? 0) - (other.fault.seq ?? 0) || one.order - other.order)
    .map(({ fault }) => fault)
    .filter(({ seq }) => {
      if (seq === null) return true;
      if (seen.has(seq)) return false;
      seen.add(seq);
      return true;
    })
    .slice(0, MAX_FAULTS);
}
