import { VerifyError } from './errors.ts';

export const TILE_WIDTH = 256;

/** A file of a tree: a tile of hashes of a level, or an entry bundle. `width` is 256 for a full one. */
export type TileName = { readonly level: number | 'entries'; readonly index: number; readonly width: number };

/** `tile/<L>/<N>[.p/<W>]` with N in groups of three digits (https://c2sp.org/tlog-tiles): `tile/0/x001/x234/067.p/5`. */
export function tilePath({ level, index, width }: TileName): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  const name = groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/');
  return `tile/${level}/${name}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** Reads such a path, only in its one form. @throws VerifyError `verify.source_malformed` */
export function parseTilePath(path: string): TileName {
  const [, level, groups, width] =
    /^tile\/(0|[1-9]|[1-5]\d|6[0-3]|entries)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path) ?? [];
  if (level !== undefined && groups !== undefined) {
    const index = Number(groups.replace(/[x/]/g, ''));
    const name: TileName = {
      level: level === 'entries' ? level : Number(level),
      index,
      width: width === undefined ? TILE_WIDTH : Number(width),
    };
    if (Number.isSafeInteger(index) && tilePath(name) === path) return name;
  }
  throw new VerifyError('verify.source_malformed', `\`${path.slice(0, 80)}\` is not the path of a tile`);
}

/** How many hashes tile `index` of a level has in a tree of `size` leaves; 0 when the tree does not have it. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}
