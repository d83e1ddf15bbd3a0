import { isJsonObject, messageOf, parseCanonical } from '../../core/index.ts';
import { HASH_BYTES, nodeHash } from '../frontier.ts';
import { leafHash } from '../leaf.ts';
import { treeRoot } from '../proof.ts';
import { TILE_WIDTH } from '../tile-path.ts';
import { memoised, nodesFromTiles, type TileReader } from '../tiles.ts';
import { isConsistent, verifyCheckpoint } from '../verify/index.ts';
import { corrupt } from './errors.ts';
import { pathOf, type SegmentFile, segmentFiles } from './files.ts';
import { MANIFEST, type Manifest } from './manifest.ts';
import { openSegment, type Segment } from './read-segment.ts';

/**
 * Reads an archive from its files and proves that it is a stretch of the log that the key signs: every file is the one that the
 * manifest names, every body hashes to its place in the tiles, every tile to its place in the one above, those to the root, and a signed
 * checkpoint continues the tree of that root. Needs nothing but the folder and the key; holds one bundle at a time.
 *
 * @throws LedgerError `ledger.archive_corrupt`, naming the file
 */
export async function checkSegment(folder: string, verifierKey: string): Promise<Segment> {
  const segment = await openSegment(folder);
  const tiles = tilesOf(segment);
  await checkEntries(segment, tiles);
  await checkTiles(segment.manifest, tiles);
  const root = await treeRoot(segment.manifest.to, nodesFromTiles(tiles));
  if (root.toString('hex') !== segment.manifest.root) throw corrupt(MANIFEST, 'its root is not the root of the tiles');
  checkCheckpoint(segment.manifest, verifierKey);
  return segment;
}

/** The tiles as the segment has them; those of level 0, which are many and needed twice in a row, are not kept. */
function tilesOf({ manifest, read }: Segment): TileReader {
  const widths = new Map(
    [...segmentFiles(manifest.from, manifest.to)].flatMap((file) => (file.kind === 'tile' ? [[pathKey(file), file] as const] : [])),
  );
  const one: TileReader = (level, index) => {
    const file = widths.get(pathKey({ level, index }));
    if (file === undefined) throw corrupt(MANIFEST, `it has no tile ${index} of level ${level}`);
    return read(file);
  };
  const kept = memoised(one);
  return (level, index) => (level === 0 ? one(level, index) : kept(level, index));
}

function pathKey({ level, index }: { readonly level: number; readonly index: number }): string {
  return `${level}/${index}`;
}

async function checkEntries({ manifest, bodies }: Segment, tiles: TileReader): Promise<void> {
  let prev: string | null | undefined; // of the first entry of a later segment it is in a body that is not here
  if (manifest.from === 0) prev = null;
  for (let index = manifest.from / TILE_WIDTH; index < manifest.to / TILE_WIDTH; index += 1) {
    const path = pathOf({ kind: 'entries', index });
    const hashes = await tiles(0, index);
    for (const [n, body] of (await bodies(index)).entries()) {
      const hash = leafHash(body);
      if (!hash.equals(hashes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES))) {
        throw corrupt(path, `entry ${index * TILE_WIDTH + n} does not hash to its place in the tree`);
      }
      checkPlace(path, body, { log: manifest.log, seq: index * TILE_WIDTH + n, prev });
      prev = hash.toString('hex');
    }
  }
}

/** The tree proves the bytes; that they say of themselves where they are makes a restored row right in its columns too. */
function checkPlace(path: string, body: Buffer, expected: { log: string; seq: number; prev: string | null | undefined }): void {
  const leaf = parsed(path, body);
  if (!isJsonObject(leaf) || leaf['log'] !== expected.log || leaf['seq'] !== expected.seq) {
    throw corrupt(path, `where entry ${expected.seq} of log \`${expected.log}\` must be there is another`);
  }
  if (expected.prev !== undefined && leaf['prev'] !== expected.prev)
    throw corrupt(path, `entry ${expected.seq} does not continue the one before`);
}

function parsed(path: string, body: Buffer): unknown {
  try {
    return parseCanonical(body);
  } catch (cause) {
    throw corrupt(path, messageOf(cause), cause);
  }
}

/** Each full tile's root is a hash of the level above; what is not full is the tree's edge, which the root depends on. */
async function checkTiles({ from, to }: Manifest, tiles: TileReader): Promise<void> {
  const nodes = nodesFromTiles(tiles);
  for (const file of segmentFiles(from, to)) {
    if (file.kind === 'entries') continue;
    const hashes = await tiles(file.level, file.index);
    if (hashes.length !== file.width * HASH_BYTES) throw corrupt(pathOf(file), `it has not the ${file.width} hashes that it must have`);
    if (file.width === TILE_WIDTH) await checkAbove(file, tiles, nodes);
  }
}

async function checkAbove(
  file: SegmentFile & { kind: 'tile' },
  tiles: TileReader,
  nodes: ReturnType<typeof nodesFromTiles>,
): Promise<void> {
  const above = await tiles(file.level + 1, Math.floor(file.index / TILE_WIDTH));
  const at = (file.index % TILE_WIDTH) * HASH_BYTES;
  const half = 8 * file.level + 7;
  const [left, right] = [await nodes(half, 2 * file.index), await nodes(half, 2 * file.index + 1)];
  if (!nodeHash(left, right).equals(above.subarray(at, at + HASH_BYTES)))
    throw corrupt(pathOf(file), 'its root is not in the tile above it');
}

function checkCheckpoint({ to, root, checkpoint, consistency, origin, log }: Manifest, verifierKey: string): void {
  const signed = verified(checkpoint, verifierKey);
  if (signed.origin !== origin || !origin.endsWith(`/${log}`)) throw corrupt(MANIFEST, `its checkpoint is of \`${signed.origin}\``);
  const path = consistency.map((hash) => Buffer.from(hash, 'hex'));
  if (!isConsistent({ size: to, root: Buffer.from(root, 'hex') }, signed, path)) {
    throw corrupt(MANIFEST, `its checkpoint of ${signed.size} entries does not continue it`);
  }
}

function verified(checkpoint: string, verifierKey: string): ReturnType<typeof verifyCheckpoint> {
  try {
    return verifyCheckpoint(checkpoint, verifierKey);
  } catch (cause) {
    throw corrupt(MANIFEST, messageOf(cause), cause);
  }
}
