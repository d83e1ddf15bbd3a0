import { isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import { wentBack } from './clock.ts';
import { type Digest, digestOfHex, HASH_BYTES, hashLeafHex } from './digest.ts';
import { CompactRange, type Subtree } from './range.ts';
import { LeafScanner, type Span } from './scanner.ts';

/** Leaf bodies that follow each other, all in one buffer: what a source yields and a worker examines. */
export type Batch = {
  /** How many bodies came before: the place in the tree of the first one. */
  readonly from: number;
  readonly bytes: Uint8Array;
  /** Where body i begins and ends in `bytes`. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Where the container says that each body stands, when it says so (a row's seq, a place in a bundle). */
  readonly slots?: Float64Array;
  /** What the container keeps beside each body, 32 bytes each: its leaf hash. */
  readonly column?: Uint8Array;
  readonly stored?: StoredHashes;
};

/** Level 0 of the stored tree, 32 bytes a slot, from slot `first` on. This batch answers for the slots `from` to `until`. */
export type StoredHashes = { readonly first: number; readonly from: number; readonly until: number; readonly hashes: Uint8Array };

/** Well-formed entries whose seq counts up, each carrying the hash of the one before. A run is as long as it can be. */
export type Run = {
  readonly kind: 'run';
  readonly first: number;
  readonly count: number;
  /** What the first one says its predecessor is; null when it says there is none. */
  readonly prev: string | null;
  readonly lastHash: string;
  readonly firstTs: string;
  readonly lastTs: string;
  /** The log that it says it belongs to, when that is another; such a run has one entry. */
  readonly foreign: string | undefined;
};
export type Malformed = { readonly kind: 'malformed'; readonly hash: string };
export type Item = Run | Malformed;

/** A body whose hash is not the one that is stored for its slot. */
export type Stray = {
  readonly slot: number;
  /** `tile`: level 0 of the stored tree; `column`: what is kept beside the body. */
  readonly against: 'tile' | 'column';
};

/** An entry `ledger.key_rotated`, as found. */
export type RotationEntry = { readonly seq: number; readonly from: string; readonly to: string };
/** An entry `ledger.archived`: the entries from one seq to another left the database; `root` in hex, of the tree up to there. */
export type ArchiveEntry = { readonly from: number; readonly to: number; readonly root: string };
/** An entry that is older than the one before it. */
export type ClockStep = { readonly seq: number; readonly from: string; readonly to: string };

export type Examined = {
  readonly count: number;
  readonly subtrees: readonly Subtree[];
  readonly items: readonly Item[];
  readonly strays: readonly Stray[];
  /**
   * Bodies that would be what is stored if their `prev` were the stored hash of the one before: they were only made to fit an
   * altered predecessor.
   */
  readonly refitted: { readonly first: number; readonly count: number } | undefined;
  /** The stored level 0 as a range of its own; the same as `subtrees` when nothing differs. */
  readonly storedSubtrees: readonly Subtree[];
  /** Roots of the full stored tiles of level 0 that lie in this batch, in order. */
  readonly tileRoots: readonly Digest[];
  readonly rotations: readonly RotationEntry[];
  readonly archived: readonly ArchiveEntry[];
  readonly clockSteps: readonly ClockStep[];
};

/** Of a batch where nearly everything differs, so many are told. */
const MAX_STRAYS = 64;
const MAX_CLOCK_STEPS = 64;
const TILE_HEIGHT = 8;
/** C2SP tlog-tiles bounds an entry by a uint16 length. */
const LONGEST = 65_535;
const KEY_ROTATED = '"ledger.key_rotated"';
const ARCHIVED = '"ledger.archived"';

/**
 * Everything that can be said of a batch without knowing what came before it. Pure: the same in a thread as in the main one, and
 * wherever a log is cut into batches, what is put together again (`Sequence`) is the same.
 *
 * @param log the name that every entry must carry
 */
export function examine(batch: Batch, log: string): Examined {
  return new Examination(batch, log).result();
}

const scanner = new LeafScanner();

class Examination {
  readonly #batch: Batch;
  readonly #bytes: Buffer;
  readonly #log: Buffer;
  readonly #tileRoots: Digest[] = [];
  readonly #range = this.#newRange();
  /** Some body is not what is stored for its slot. */
  #differs = false;
  #refitted: { first: number; count: number } | undefined;
  readonly #items: Item[] = [];
  readonly #strays: Stray[] = [];
  readonly #rotations: RotationEntry[] = [];
  readonly #archived: ArchiveEntry[] = [];
  readonly #clockSteps: ClockStep[] = [];
  /** The run that is under way. */
  #run: { first: number; count: number; prev: string | null; lastHash: string; firstTs: string; lastTs: string } | undefined;

  constructor(batch: Batch, log: string) {
    this.#batch = batch;
    this.#bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.byteLength);
    this.#log = Buffer.from(JSON.stringify(log), 'utf8');
  }

  result(): Examined {
    const { starts, ends, from } = this.#batch;
    for (let at = 0; at < ends.length; at += 1) {
      const start = starts[at] ?? 0;
      const end = ends[at] ?? 0;
      const hash = hashLeafHex(this.#bytes, start, end);
      const digest = digestOfHex(hash);
      this.#range.add(0, from + at, digest);
      this.#compare(at, digest, this.#entry(start, end, hash));
    }
    this.#endRun();
    return {
      count: ends.length,
      subtrees: this.#range.subtrees,
      storedSubtrees: this.#storedSubtrees(),
      tileRoots: this.#tileRoots,
      items: this.#items,
      strays: this.#strays,
      refitted: this.#refitted,
      rotations: this.#rotations,
      archived: this.#archived,
      clockSteps: this.#clockSteps,
    };
  }

  /** The seq that the entry gives itself; undefined for what is none. */
  #entry(start: number, end: number, hash: string): number | undefined {
    const seq = end - start <= LONGEST && scanner.scan(this.#bytes, start, end) ? this.#seqOfEntry() : undefined;
    if (seq === undefined) {
      this.#endRun();
      this.#items.push({ kind: 'malformed', hash });
      return undefined;
    }
    const prev = this.#bytes[scanner.prev.start] === 0x6e ? null : scanner.textOf(scanner.prev);
    const ts = scanner.textOf(scanner.ts);
    if (!this.#isHere(scanner.log)) this.#foreignEntry(seq, prev, hash, ts);
    else this.#follow(seq, prev, hash, ts);
    if (this.#spells(scanner.type, KEY_ROTATED)) this.#rotation(seq, start, end);
    else if (this.#spells(scanner.type, ARCHIVED)) this.#archive(start, end);
    return seq;
  }

  /** The seq of what is an entry of version 1; undefined for what is not. */
  #seqOfEntry(): number | undefined {
    const { v, seq, prev, id, ts, type, log } = scanner;
    if (v.end - v.start !== 1 || this.#bytes[v.start] !== 0x31) return undefined;
    if (![id, ts, type, log].every((span) => scanner.isString(span))) return undefined;
    if (!scanner.isString(prev) && !this.#spells(prev, 'null')) return undefined;
    const value = seq.end > seq.start ? Number(this.#bytes.toString('latin1', seq.start, seq.end)) : Number.NaN;
    return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  }

  #spells(span: Span, text: string): boolean {
    return span.end - span.start === text.length && this.#bytes.toString('latin1', span.start, span.end) === text;
  }

  #isHere(span: Span): boolean {
    return this.#bytes.compare(this.#log, 0, this.#log.length, span.start, span.end) === 0;
  }

  #follow(seq: number, prev: string | null, hash: string, ts: string): void {
    const run = this.#run;
    if (run !== undefined && seq === run.first + run.count && prev === run.lastHash) {
      if (wentBack(run.lastTs, ts) && this.#clockSteps.length < MAX_CLOCK_STEPS) this.#clockSteps.push({ seq, from: run.lastTs, to: ts });
      run.count += 1;
      run.lastHash = hash;
      run.lastTs = ts;
      return;
    }
    this.#endRun();
    this.#run = { first: seq, count: 1, prev, lastHash: hash, firstTs: ts, lastTs: ts };
  }

  #foreignEntry(first: number, prev: string | null, lastHash: string, ts: string): void {
    this.#endRun();
    const foreign = scanner.textOf(scanner.log);
    this.#items.push({ kind: 'run', first, count: 1, prev, lastHash, firstTs: ts, lastTs: ts, foreign });
  }

  #endRun(): void {
    if (this.#run !== undefined) this.#items.push({ kind: 'run', ...this.#run, foreign: undefined });
    this.#run = undefined;
  }

  #rotation(seq: number, start: number, end: number): void {
    const { from, to } = this.#data(start, end);
    if (typeof from === 'string' && typeof to === 'string') this.#rotations.push({ seq, from, to });
  }

  #archive(start: number, end: number): void {
    const { from, to, root } = this.#data(start, end);
    const isPlace = (value: Json | undefined) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
    if (isPlace(from) && isPlace(to) && typeof root === 'string') this.#archived.push({ from: Number(from), to: Number(to), root });
  }

  #data(start: number, end: number): JsonObject {
    const entry: Json = JSON.parse(this.#bytes.toString('utf8', start, end));
    const data = isJsonObject(entry) ? entry['data'] : undefined;
    return isJsonObject(data) ? data : {};
  }

  /** By the seq that the entry gives itself, else by the place that it has: one that was only moved is not an altered one. */
  #compare(at: number, digest: Digest, seq: number | undefined): void {
    const { column, slots, stored, from } = this.#batch;
    if (column === undefined && stored === undefined) return;
    const slot = slots?.[at] ?? from + at;
    if (column !== undefined && !isAt(column, at * HASH_BYTES, digest)) this.#stray({ slot, against: 'column' });
    if (stored === undefined || this.#isStored(stored, slot, digest)) return;
    this.#differs = true;
    const place = (slot - stored.first) * HASH_BYTES;
    const isMoved = seq !== undefined && this.#isStored(stored, seq, digest);
    if (isMoved || place < 0 || place + HASH_BYTES > stored.hashes.length) return;
    if (!this.#isRefitted(at, place, stored.hashes)) this.#stray({ slot, against: 'tile' });
    else if (this.#refitted === undefined) this.#refitted = { first: slot, count: 1 };
    else this.#refitted.count += 1;
  }

  #isStored({ first, hashes }: StoredHashes, slot: number, digest: Digest): boolean {
    const place = (slot - first) * HASH_BYTES;
    return place >= 0 && place + HASH_BYTES <= hashes.length && isAt(hashes, place, digest);
  }

  #newRange(): CompactRange {
    return new CompactRange([], (height, _index, hash) => {
      if (height === TILE_HEIGHT) this.#tileRoots.push(hash);
    });
  }

  /** What is stored for the slots of this batch is hashed again only where it can be something else. */
  #storedSubtrees(): readonly Subtree[] {
    const { stored, from, ends } = this.#batch;
    if (stored === undefined) return this.#range.subtrees;
    if (!this.#differs && stored.from === from && stored.until - from === ends.length) return this.#range.subtrees;
    this.#tileRoots.length = 0;
    const range = this.#newRange();
    for (let slot = stored.from; slot < stored.until; slot += 1) {
      const place = (slot - stored.first) * HASH_BYTES;
      range.add(0, slot, Buffer.from(stored.hashes.subarray(place, place + HASH_BYTES)).toString('latin1'));
    }
    return range.subtrees;
  }

  #stray(stray: Stray): void {
    if (this.#strays.length < MAX_STRAYS) this.#strays.push(stray);
  }

  /** Puts the stored hash of the predecessor in the place of `prev` and looks whether that gives what is stored. */
  #isRefitted(at: number, place: number, hashes: Uint8Array): boolean {
    const start = this.#batch.starts[at] ?? 0;
    const end = this.#batch.ends[at] ?? 0;
    if (place < HASH_BYTES || !scanner.scan(this.#bytes, start, end) || scanner.prev.end - scanner.prev.start !== 2 + 2 * HASH_BYTES)
      return false;
    const before = Buffer.from(hashes.subarray(place - HASH_BYTES, place)).toString('hex');
    const body = Buffer.from(this.#bytes.subarray(start, end));
    body.write(before, scanner.prev.start + 1 - start, 'latin1');
    return isAt(hashes, place, digestOfHex(hashLeafHex(body, 0, body.length)));
  }
}

function isAt(hashes: Uint8Array, place: number, digest: Digest): boolean {
  for (let at = 0; at < HASH_BYTES; at += 1) if (hashes[place + at] !== digest.charCodeAt(at)) return false;
  return true;
}
