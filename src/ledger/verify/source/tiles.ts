import { HASH_BYTES } from '../digest.ts';
import { parseBundle } from '../entry-bundle.ts';
import { TILE_WIDTH, type TileName, tilePath } from '../tile-path.ts';
import type { LogSource, Page } from './source.ts';

/** Reads a file of a tree by its path; undefined when it is not there. */
export type ReadFile = (path: string) => Promise<Buffer | undefined>;

/** So many bundles make a page; they are read at once. */
const BUNDLES = 16;

/** The parts of a source that are files named as C2SP tlog-tiles says, wherever they lie. */
export function tileReaders(read: ReadFile): Required<Pick<LogSource, 'begins' | 'pages' | 'tile'>> {
  return {
    begins: (size) => firstBundle(read, size),
    pages: (from, until) => pagesOf(read, from, until),
    tile: async (level, index, width) => {
      const found = await readAtLeast(read, { level, index, width });
      return found?.bytes.subarray(0, width * HASH_BYTES);
    },
  };
}

/** Bundles that were stored away are the oldest ones: the first that is there is found by halving. 0 when none is. */
async function firstBundle(read: ReadFile, size: number): Promise<number> {
  const isThere = async (index: number) => {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    return (await readAtLeast(read, { level: 'entries', index, width })) !== undefined;
  };
  const last = Math.ceil(size / TILE_WIDTH) - 1;
  if (last < 1 || (await isThere(0)) || !(await isThere(last))) return 0;
  let gone = 0;
  let there = last;
  while (there - gone > 1) {
    const middle = Math.floor((gone + there) / 2);
    if (await isThere(middle)) there = middle;
    else gone = middle;
  }
  return there * TILE_WIDTH;
}

/** A partial one may be gone once there is the full one, which begins with it. */
async function readAtLeast(read: ReadFile, name: TileName): Promise<{ bytes: Buffer; isFuller: boolean } | undefined> {
  const exact = await read(tilePath(name));
  if (exact !== undefined) return { bytes: exact, isFuller: false };
  if (name.width === TILE_WIDTH) return undefined;
  const full = await read(tilePath({ ...name, width: TILE_WIDTH }));
  return full === undefined ? undefined : { bytes: full, isFuller: true };
}

async function* pagesOf(read: ReadFile, from: number, until: number): AsyncGenerator<Page> {
  const last = Math.ceil(until / TILE_WIDTH);
  for (let first = Math.floor(from / TILE_WIDTH); first < last; first += BUNDLES) {
    const indexes = Array.from({ length: Math.min(BUNDLES, last - first) }, (_, n) => first + n);
    const bundles = await Promise.all(indexes.map((index) => bundleOf(read, index, Math.min(TILE_WIDTH, until - index * TILE_WIDTH))));
    yield joined(bundles, { from: Math.max(from, first * TILE_WIDTH), until: Math.min(until, (first + indexes.length) * TILE_WIDTH) });
  }
}

type Bundle = { readonly bytes: Buffer; readonly starts: readonly number[]; readonly ends: readonly number[]; readonly first: number };

async function bundleOf(read: ReadFile, index: number, width: number): Promise<Bundle> {
  const found = await readAtLeast(read, { level: 'entries', index, width });
  const bytes = found?.bytes ?? Buffer.alloc(0);
  return { bytes, ...parseBundle(bytes, width, found?.isFuller), first: index * TILE_WIDTH };
}

/** Entries before `slotRange.from` are left out: a run that is resumed begins within a bundle. */
function joined(bundles: readonly Bundle[], slotRange: { from: number; until: number }): Page {
  const starts: number[] = [];
  const ends: number[] = [];
  const slots: number[] = [];
  let offset = 0;
  for (const bundle of bundles) {
    for (const [at, start] of bundle.starts.entries()) {
      const slot = bundle.first + at;
      if (slot < slotRange.from) continue;
      starts.push(offset + start);
      ends.push(offset + (bundle.ends[at] ?? start));
      slots.push(slot);
    }
    offset += bundle.bytes.length;
  }
  const bytes = Buffer.concat(bundles.map((bundle) => bundle.bytes));
  return { bytes, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends), slots: Float64Array.from(slots), slotRange };
}
