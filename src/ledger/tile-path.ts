/**
 * The files of a log, by C2SP tlog-tiles (https://c2sp.org/tlog-tiles): `tile/<L>/<N>[.p/<W>]` holds W hashes of level L,
 * `tile/entries/<N>[.p/<W>]` W entries, 256 when it does not say. N is written in groups of three digits, all but the last after an x:
 * 1234067 is `x001/x234/067`.
 */
export const TILE_WIDTH = 256;

export type TilePath = {
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 to 256; below that the tile is partial. */
  readonly width: number;
};

const PATTERN = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Reads a path; undefined when it is none, or another way to write one. */
export function parseTilePath(path: string): TilePath | undefined {
  const [, level, digits, partial] = PATTERN.exec(path) ?? [];
  if (level === undefined || digits === undefined) return undefined;
  const found: TilePath = {
    level: level === 'entries' ? level : Number(level),
    index: Number(digits.replaceAll(/[x/]/g, '')),
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  };
  return formatTilePath(found) === path ? found : undefined;
}

export function formatTilePath({ level, index, width }: TilePath): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const name = groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/');
  return `tile/${level}/${name}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** How many hashes tile `index` of a level has in a tree of `size` leaves: 256, fewer at the right edge, 0 beyond it. */
export function tileWidth(level: TilePath['level'], index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level));
  return Math.min(TILE_WIDTH, Math.max(0, hashes - index * TILE_WIDTH));
}

/** The tiles of a tree: all of them, each at its width. */
export function* tilesOf(size: number): Generator<TilePath> {
  yield* tilesOfLevel('entries', size);
  for (let level = 0; Math.floor(size / TILE_WIDTH ** level) > 0; level += 1) yield* tilesOfLevel(level, size);
}

function* tilesOfLevel(level: TilePath['level'], size: number): Generator<TilePath> {
  for (let index = 0, width = tileWidth(level, 0, size); width > 0; index += 1, width = tileWidth(level, index, size)) {
    yield { level, index, width };
  }
}
