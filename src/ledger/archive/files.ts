import { formatTilePath, TILE_WIDTH } from '../tile-path.ts';

/** A file of an archive. A tile that is not full says how many hashes it has. */
export type SegmentFile =
  | { readonly kind: 'entries'; readonly index: number }
  | { readonly kind: 'tile'; readonly level: number; readonly index: number; readonly width: number };

/** Where C2SP tlog-tiles has a file. */
export function pathOf(file: SegmentFile): string {
  const { index } = file;
  return formatTilePath(
    file.kind === 'entries' ? { level: 'entries', index, width: TILE_WIDTH } : { level: file.level, index, width: file.width },
  );
}

/**
 * The files of a segment, always the same for the same stretch: its entry bundles, and of each level the tiles over them as they were at
 * size `to`. The last one of each level is the right edge of the tree, so that the root at `to` follows from these files alone.
 */
export function* segmentFiles(from: number, to: number): Generator<SegmentFile> {
  for (let index = from / TILE_WIDTH; index < to / TILE_WIDTH; index += 1) yield { kind: 'entries', index };
  for (let level = 0, start = from, size = to; size > 0; level += 1) {
    for (let index = Math.floor(start / TILE_WIDTH); index * TILE_WIDTH < size; index += 1) {
      yield { kind: 'tile', level, index, width: Math.min(TILE_WIDTH, size - index * TILE_WIDTH) };
    }
    [start, size] = [Math.floor(start / TILE_WIDTH), Math.floor(size / TILE_WIDTH)];
  }
}
