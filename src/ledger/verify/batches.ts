import { HASH_BYTES } from './digest.ts';
import type { Batch } from './examine.ts';
import type { Fault } from './fault.ts';
import type { LogSource, Page } from './source/source.ts';
import { TILE_WIDTH, tileWidth } from './tile-path.ts';

export type BatchPlan = {
  /** Where to begin. */
  readonly from: number;
  /** Where the source may stop. */
  readonly until: number;
  /** Sizes at which a batch must end, because the root at that size is asked for. */
  readonly cuts: readonly number[];
  /** The stored tree has the tiles of this size. */
  readonly treeSize: number;
};

/** The source's pages as batches, none larger than a page, with the stored hashes beside them. `faults`: of the page itself. */
export async function* batchesOf(source: LogSource, plan: BatchPlan): AsyncGenerator<{ batch: Batch; faults: readonly Fault[] }> {
  let from = plan.from;
  for await (const page of source.pages(plan.from, plan.until)) {
    let faults = page.faults ?? [];
    for (const piece of piecesOf(page, from, plan.cuts)) {
      const stored = piece.slotRange === undefined ? undefined : await storedHashes(source, piece.slotRange, plan.treeSize);
      yield { batch: toBatch(piece, from, stored), faults };
      faults = [];
      from += piece.ends.length;
    }
  }
}

function piecesOf(page: Page, from: number, cuts: readonly number[]): Page[] {
  const inside = cuts.map((cut) => cut - from).filter((at) => at > 0 && at < page.ends.length);
  const edges = [0, ...[...new Set(inside)].sort((one, other) => one - other), page.ends.length];
  return edges.slice(1).map((end, index) => sliceOf(page, edges[index] ?? 0, end));
}

/** The bodies from `start` to `end` of a page. */
function sliceOf(page: Page, start: number, end: number): Page {
  const { bytes, starts, ends, slots, column, slotRange } = page;
  if (start === 0 && end === ends.length) return page;
  const isLast = end === ends.length;
  const range = slotRange && {
    from: start === 0 ? slotRange.from : (slots?.[start] ?? slotRange.from + start),
    until: isLast ? slotRange.until : (slots?.[end] ?? slotRange.from + end),
  };
  const first = starts[start] ?? 0;
  const last = ends[end - 1] ?? first;
  return {
    bytes: bytes.subarray(first, last),
    starts: starts.slice(start, end).map((at) => at - first),
    ends: ends.slice(start, end).map((at) => at - first),
    ...(slots && { slots: slots.slice(start, end) }),
    ...(column && { column: column.slice(start * HASH_BYTES, end * HASH_BYTES) }),
    ...(range && { slotRange: range }),
  };
}

type Stored = NonNullable<Batch['stored']>;

function toBatch({ bytes, starts, ends, slots, column }: Page, from: number, stored: Stored | undefined): Batch {
  return { from, bytes, starts, ends, ...(slots && { slots }), ...(column && { column }), ...(stored && { stored }) };
}

/** Level 0 for a range of slots, from the slot before it on: what is not there are zeros, which no leaf hashes to. */
async function storedHashes(source: LogSource, range: { from: number; until: number }, size: number): Promise<Stored | undefined> {
  if (source.tile === undefined) return undefined;
  const until = Math.min(range.until, size);
  const firstTile = Math.floor(Math.max(range.from - 1, 0) / TILE_WIDTH);
  const indexes = Array.from({ length: Math.max(0, Math.ceil(until / TILE_WIDTH) - firstTile) }, (_, n) => firstTile + n);
  const hashes = Buffer.alloc(indexes.length * TILE_WIDTH * HASH_BYTES);
  const tiles = await Promise.all(indexes.map((index) => source.tile?.(0, index, tileWidth(0, index, size))));
  for (const [n, tile] of tiles.entries()) tile?.copy(hashes, n * TILE_WIDTH * HASH_BYTES);
  const first = firstTile * TILE_WIDTH;
  return { first, from: range.from, until, hashes: hashes.subarray(0, Math.max(0, until - first) * HASH_BYTES) };
}
