import { LedgerError } from './errors.ts';
import { HASH_BYTES, nodeHash } from './frontier.ts';
import type { NodeReader } from './proof.ts';
import { TILE_WIDTH } from './tile-path.ts';

/**
 * C2SP tlog-tiles: a tile holds up to 256 hashes of one level. Entry i of tile n at level l is the root of the 256^l leaves
 * from (256·n + i)·256^l on, so a full tile's own root is one entry of the level above.
 */
const TILE_HEIGHT = 8;

export type TileName = { readonly level: number; readonly index: number };
export type Tile = TileName & { readonly hashes: Buffer };
export type TileReader = (level: number, index: number) => Promise<Buffer>;

/** The tiles that change when `leaves` are added at `size`; `edge` reads today's partial tile of a level. */
export async function appendToTiles(size: number, leaves: readonly Buffer[], edge: TileReader): Promise<Tile[]> {
  const changed: Tile[] = [];
  let added = leaves;
  for (let level = 0, width = size; added.length > 0; level += 1, width = Math.floor(width / TILE_WIDTH)) {
    const tiles = await extendLevel(level, width, added, edge);
    changed.push(...tiles);
    added = tiles.filter((tile) => tile.hashes.length === TILE_WIDTH * HASH_BYTES).map((tile) => subtreeRoot(tile.hashes));
  }
  return changed;
}

async function extendLevel(level: number, width: number, added: readonly Buffer[], edge: TileReader): Promise<Tile[]> {
  const first = Math.floor(width / TILE_WIDTH);
  const before = width % TILE_WIDTH === 0 ? Buffer.alloc(0) : await edge(level, first);
  if (before.length !== (width % TILE_WIDTH) * HASH_BYTES) throw damagedTile(level, first);
  const all = Buffer.concat([before, ...added]);
  const tiles: Tile[] = [];
  for (let at = 0; at < all.length; at += TILE_WIDTH * HASH_BYTES) {
    tiles.push({ level, index: first + tiles.length, hashes: all.subarray(at, at + TILE_WIDTH * HASH_BYTES) });
  }
  return tiles;
}

/** Reads any perfect subtree's root out of the one tile that covers it. */
export function nodesFromTiles(read: TileReader): NodeReader {
  return async (height, index) => {
    const count = 2 ** (height % TILE_HEIGHT);
    const first = index * count;
    const tile = await read(Math.floor(height / TILE_HEIGHT), Math.floor(first / TILE_WIDTH));
    const at = (first % TILE_WIDTH) * HASH_BYTES;
    const hashes = tile.subarray(at, at + count * HASH_BYTES);
    if (hashes.length !== count * HASH_BYTES) throw damagedTile(Math.floor(height / TILE_HEIGHT), Math.floor(first / TILE_WIDTH));
    return subtreeRoot(hashes);
  };
}

/** The tiles that the root of a tree of `size` leaves is made from: of each level the last one, where it is not full. */
export function edgeTiles(size: number): TileName[] {
  const names: TileName[] = [];
  for (let level = 0, width = size; width > 0; level += 1, width = Math.floor(width / TILE_WIDTH)) {
    if (width % TILE_WIDTH > 0) names.push({ level, index: Math.floor(width / TILE_WIDTH) });
  }
  return names;
}

/** A tile that is not as wide as the log is long: somebody altered it, or the head. */
function damagedTile(level: number, index: number): LedgerError {
  return new LedgerError('ledger.inconsistent', `tile ${index} of level ${level} has not the hashes that the size of the log asks for`, {
    remedy: 'the tables were altered: `countersign ledger verify --database` names what is wrong; docs/ledger-faults.md says how to go on',
  });
}

/** The root over a power of two of hashes. */
function subtreeRoot(hashes: Buffer): Buffer {
  if (hashes.length === HASH_BYTES) return hashes;
  const middle = hashes.length / 2;
  return nodeHash(subtreeRoot(hashes.subarray(0, middle)), subtreeRoot(hashes.subarray(middle)));
}

/** Reads each tile, or works out each node, once: a proof or a root touches the few of its path several times each. */
export function memoised(read: TileReader): TileReader {
  const found = new Map<string, Promise<Buffer>>();
  return (level, index) => {
    const name = `${level}/${index}`;
    const hashes = found.get(name) ?? read(level, index);
    found.set(name, hashes);
    return hashes;
  };
}
