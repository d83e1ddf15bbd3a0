import { bytesOf, type Digest, HASH_BYTES } from './digest.ts';
import type { Examined, Stray } from './examine.ts';
import { type Fault, MAX_FAULTS, type Note, placesOf } from './fault.ts';
import { CompactRange, type Subtree } from './range.ts';
import type { LogSource } from './source/source.ts';
import { TILE_WIDTH, tilePath, tileWidth } from './tile-path.ts';

const TILE_HEIGHT = 8;
const MAX_STRAYS = 1_000;

/** The hashes of one level, as they follow from the level below, kept until they fill a tile. */
type Level = { first: number; hashes: Buffer[] };

/**
 * Compares the tiles that a source keeps with the entries that it gives. When the stored tree has the signed root, it is what was
 * signed, and tells exactly which entries are not; when it has not, the tiles are at fault.
 */
export class StoredTree {
  readonly #source: LogSource;
  readonly #size: number;
  readonly #range: CompactRange;
  readonly #levels: Level[] = [];
  readonly #strays: Stray[] = [];
  readonly #wrongTiles: Fault[] = [];
  /** Roots of level-0 tiles that became whole only here, because two batches share the tile. */
  readonly #shared: Digest[] = [];
  #refitted: { first: number; count: number } | undefined;

  constructor(source: LogSource, size: number, resumed: { readonly next: number; readonly subtrees: readonly Subtree[] }) {
    this.#source = source;
    this.#size = size;
    this.#range = new CompactRange(resumed.subtrees, (height, _index, hash) => {
      if (height === TILE_HEIGHT) this.#shared.push(hash);
    });
    for (let width = Math.floor(resumed.next / TILE_WIDTH); width > 0; width = Math.floor(width / TILE_WIDTH))
      this.#levels.push({ first: width, hashes: [] });
  }

  async add({ storedSubtrees, tileRoots, strays, refitted }: Examined): Promise<void> {
    if (this.#strays.length < MAX_STRAYS) this.#strays.push(...strays);
    if (refitted !== undefined && this.#refitted === undefined) this.#refitted = { ...refitted };
    else if (refitted !== undefined && this.#refitted !== undefined) this.#refitted.count += refitted.count;
    if (this.#source.tile === undefined) return;
    this.#range.join(storedSubtrees);
    for (const hash of [...this.#shared.splice(0), ...tileRoots]) await this.#raise(0, hash);
  }

  /** The root of a full tile is a hash of the level above. */
  async #raise(below: number, hash: Digest): Promise<void> {
    const level = this.#levels[below] ?? { first: 0, hashes: [] };
    this.#levels[below] = level;
    level.hashes.push(bytesOf(hash));
    const end = level.first + level.hashes.length;
    if (end % TILE_WIDTH !== 0) return;
    await this.#checkTile(below + 1, level);
    const whole = level.hashes.length === TILE_WIDTH;
    const root = whole ? rootOf(level.hashes) : undefined;
    this.#levels[below] = { first: end, hashes: [] };
    if (root !== undefined) await this.#raise(below + 1, root);
    else this.#skip(below + 1);
  }

  /** A tile whose first part was verified in an earlier run: what it adds above is not known here. */
  #skip(below: number): void {
    this.#levels[below] = { first: (this.#levels[below]?.first ?? 0) + 1, hashes: [] };
  }

  async #checkTile(level: number, { first, hashes }: Level): Promise<void> {
    if (hashes.length === 0) return;
    const index = Math.floor(first / TILE_WIDTH);
    const width = tileWidth(level, index, this.#size);
    const stored = await this.#source.tile?.(level, index, width);
    const from = (first % TILE_WIDTH) * HASH_BYTES;
    const expected = Buffer.concat(hashes);
    if (stored?.subarray(from, from + expected.length).equals(expected)) return;
    const seq = first * TILE_WIDTH ** level;
    const path = tilePath({ level, index, width });
    const what = stored === undefined ? 'is not there' : 'is not made of the level below';
    if (this.#wrongTiles.length < MAX_FAULTS) this.#wrongTiles.push({ kind: 'tile.mismatch', seq, message: `\`${path}\` ${what}` });
  }

  /** What the comparison comes to, once everything was added. */
  async finish(signedRoot: Buffer): Promise<{ readonly faults: Fault[]; readonly notes: Note[]; readonly isSigned: boolean }> {
    for (const [below, level] of this.#levels.entries()) await this.#checkTile(below + 1, level);
    const isSigned = this.#source.tile !== undefined && bytesOf(this.#range.root()).equals(signedRoot);
    const columns = this.#strays.filter(({ against }) => against === 'column').map(({ slot }) => wrongRow(slot));
    const tiles = this.#strays.filter(({ against }) => against === 'tile').map(({ slot }) => (isSigned ? altered(slot) : wrongHash(slot)));
    // A wrong hash makes the tiles above it wrong as well.
    const above = tiles.length > 0 && !isSigned ? [] : this.#wrongTiles;
    return { faults: [...tiles, ...above, ...columns], notes: isSigned ? this.#rebuilt() : [], isSigned };
  }

  #rebuilt(): Note[] {
    if (this.#refitted === undefined) return [];
    const { first, count } = this.#refitted;
    const message = `${count === 1 ? 'entry' : 'entries'} ${placesOf(first, count)} differ from what was signed in \`prev\` only: made to fit an altered entry before`;
    return [{ kind: 'chain.rebuilt', seq: first, message }];
  }
}

function rootOf(hashes: readonly Buffer[]): Digest {
  return new CompactRange(hashes.map((hash, index) => ({ height: 0, index, hash: hash.toString('latin1') }))).root();
}

function altered(seq: number): Fault {
  return { kind: 'entry.altered', seq, message: `entry ${seq} is not the one that the signed root commits to` };
}

function wrongHash(seq: number): Fault {
  return { kind: 'tile.mismatch', seq, message: `the stored hash of entry ${seq} is not the hash of its body` };
}

function wrongRow(seq: number): Fault {
  return { kind: 'row.mismatch', seq, message: `the \`hash\` column of entry ${seq} is not the hash of its body` };
}
