/** Leaves in an entry bundle and hashes in a tile (C2SP tlog-tiles); archives are cut at multiples of it. */
export const WIDTH = 256;

/** A file of an archive. A tile that is not full says how many hashes it has. */
export type SegmentFile =
  | { readonly kind: 'entries'; readonly index: number }
  | { readonly kind: 'tile'; readonly level: number; readonly index: number; readonly width: number };

/** Where C2SP tlog-tiles has a file: `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>`, N in groups of three digits: `x001/x234/067`. */
export function pathOf(file: SegmentFile): string {
  if (file.kind === 'entries') return `tile/entries/${grouped(file.index)}`;
  return `tile/${file.level}/${grouped(file.index)}${file.width === WIDTH ? '' : `.p/${file.width}`}`;
}

/**
 * The files of a segment, always the same for the same stretch: its entry bundles, and of each level the tiles over them as they were at
 * size `to`. The last one of each level is the right edge of the tree, so that the root at `to` follows from these files alone.
 */
export function* segmentFiles(from: number, to: number): Generator<SegmentFile> {
  for (let index = from / WIDTH; index < to / WIDTH; index += 1) yield { kind: 'entries', index };
  for (let level = 0, start = from, size = to; size > 0; level += 1) {
    for (let index = Math.floor(start / WIDTH); index * WIDTH < size; index += 1) {
      yield { kind: 'tile', level, index, width: Math.min(WIDTH, size - index * WIDTH) };
    }
    [start, size] = [Math.floor(start / WIDTH), Math.floor(size / WIDTH)];
  }
}

function grouped(index: number): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = digits.match(/\d{3}/g) ?? [];
  return groups.map((group, n) => (n < groups.length - 1 ? `x${group}` : group)).join('/');
}
