import { type Digest, digestOf, HASH_BYTES, hexOf } from './digest.ts';
import type { ArchiveEntry } from './examine.ts';
import { type Fault, type Note, placesOf } from './fault.ts';
import { TileNodes } from './nodes.ts';
import { CompactRange } from './range.ts';
import type { LogSource } from './source/source.ts';
import type { Progress } from './state.ts';
import { TILE_WIDTH, tileWidth } from './tile-path.ts';

/**
 * Where a reading begins when the oldest entries were stored away: the stored tiles stand for them. They prove themselves, because
 * the signed root comes out only with the right ones. Undefined for a log that is whole, and for one without tiles.
 */
export async function beginAfterArchived(source: LogSource, size: number, asked: readonly number[]): Promise<Progress | undefined> {
  const first = (await source.begins?.(size)) ?? 0;
  if (first === 0 || first > size || source.tile === undefined) return undefined;
  const nodes = new TileNodes(source.tile, size);
  const index = Math.floor((first - 1) / TILE_WIDTH);
  const tile = await source.tile(0, index, tileWidth(0, index, size));
  const at = ((first - 1) % TILE_WIDTH) * HASH_BYTES;
  const before: Digest = digestOf(tile?.subarray(at, at + HASH_BYTES) ?? Buffer.alloc(HASH_BYTES));
  const roots = new Map<number, string>();
  for (const known of asked.filter((one) => one <= first)) roots.set(known, await rootOf(nodes, known));
  const subtrees = await nodes.range(0, first);
  return { next: first, last: { hash: hexOf(before), ts: '' }, subtrees, rotations: [], roots, verified: null };
}

/** What is not there must be what entries of the log say was stored away, with the root that the tree has there. */
export async function checkArchived(
  source: LogSource,
  { first, size, entries }: { readonly first: number; readonly size: number; readonly entries: readonly ArchiveEntry[] },
): Promise<{ readonly faults: Fault[]; readonly notes: Note[] }> {
  if (first === 0 || source.tile === undefined) return { faults: [], notes: [] };
  const nodes = new TileNodes(source.tile, size);
  let covered = 0;
  for (const entry of entries.toSorted((one, other) => one.from - other.from)) {
    const continues = entry.from <= covered && entry.to > covered && entry.to <= size;
    if (continues && (await rootOf(nodes, entry.to)) === entry.root) covered = entry.to;
  }
  const what = `${first === 1 ? 'entry' : 'entries'} ${placesOf(0, first)}`;
  if (covered >= first)
    return { faults: [], notes: [{ kind: 'entries.archived', seq: 0, message: `${what} are in archives, as the log says` }] };
  const missing = first - covered;
  const message = `${missing === 1 ? 'entry' : 'entries'} ${placesOf(covered, missing)} ${missing === 1 ? 'is' : 'are'} missing`;
  return { faults: [{ kind: 'entry.missing', seq: covered, message }], notes: [] };
}

async function rootOf(nodes: TileNodes, size: number): Promise<string> {
  return hexOf(new CompactRange(await nodes.range(0, size)).root());
}
