import { HASH_BYTES } from './digest.ts';
import { VerifyError } from './errors.ts';
import { CompactRange, type Subtree } from './range.ts';
import { TILE_WIDTH, tilePath, tileWidth } from './tile-path.ts';

const TILE_HEIGHT = 8;

/** The first `width` hashes of a tile; undefined when it is not there. */
export type TileReader = (level: number, index: number, width: number) => Promise<Buffer | undefined>;

/** Reads roots of perfect subtrees of a tree of `size` out of its tiles, each tile once. */
export class TileNodes {
  readonly #read: TileReader;
  readonly #size: number;
  readonly #tiles = new Map<string, Promise<Buffer>>();

  constructor(read: TileReader, size: number) {
    this.#read = read;
    this.#size = size;
  }

  /** The subtrees that cover the leaves from one place to another. @throws VerifyError `verify.source_malformed` */
  async range(from: number, to: number): Promise<Subtree[]> {
    return Promise.all(coverOf(from, to).map(async ({ height, index }) => ({ height, index, hash: await this.#node(height, index) })));
  }

  async #node(height: number, index: number): Promise<string> {
    const level = Math.floor(height / TILE_HEIGHT);
    const count = 2 ** (height % TILE_HEIGHT);
    const first = index * count;
    const tile = await this.#tile(level, Math.floor(first / TILE_WIDTH));
    const range = new CompactRange();
    for (let n = 0; n < count; n += 1) {
      const at = ((first + n) % TILE_WIDTH) * HASH_BYTES;
      range.add(0, n, tile.toString('latin1', at, at + HASH_BYTES));
    }
    return range.root();
  }

  #tile(level: number, index: number): Promise<Buffer> {
    const width = tileWidth(level, index, this.#size);
    const path = tilePath({ level, index, width });
    const tile = this.#tiles.get(path) ?? this.#readTile(path, level, index, width);
    this.#tiles.set(path, tile);
    return tile;
  }

  async #readTile(path: string, level: number, index: number, width: number): Promise<Buffer> {
    const tile = await this.#read(level, index, width);
    if (tile?.length === width * HASH_BYTES) return tile;
    throw new VerifyError('verify.source_malformed', `\`${path}\` ${tile === undefined ? 'is not there' : `has ${tile.length} bytes`}`);
  }
}

/** The largest perfect subtrees that cover the leaves from one place to another, in order. */
function coverOf(from: number, to: number): { height: number; index: number }[] {
  const cover: { height: number; index: number }[] = [];
  for (let at = from; at < to; ) {
    let height = 0;
    while (at % 2 ** (height + 1) === 0 && at + 2 ** (height + 1) <= to) height += 1;
    cover.push({ height, index: at / 2 ** height });
    at += 2 ** height;
  }
  return cover;
}
