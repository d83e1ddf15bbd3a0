import type { TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { entryBundle } from './entry-bundle.ts';
import { HASH_BYTES } from './frontier.ts';
import { leavesBetween, readTile, rotationNotes } from './store.ts';
import { parseTilePath, TILE_WIDTH, type TilePath, tileWidth } from './tile-path.ts';

/** A file of a log as tlog clients fetch it. */
export type TreeFile = {
  readonly bytes: Buffer;
  readonly type: 'text/plain; charset=utf-8' | 'application/json' | 'application/octet-stream';
  /** True for what can never change: a tile. */
  readonly immutable: boolean;
};

/**
 * The file of a log under a path of C2SP tlog-tiles: `checkpoint`, a tile, an entry bundle, or `rotations.json`, which is ours. Nothing
 * beyond `newest`, the checkpoint that is shown, is there: what is not signed may still be lost. Undefined when there is none.
 */
export async function treeFile(trx: Trx, log: TenantId, path: string, newest: Checkpoint): Promise<TreeFile | undefined> {
  if (path === 'checkpoint') return text(newest.note);
  if (path === 'rotations.json') return { ...text(JSON.stringify(await rotationNotes(trx, log))), type: 'application/json' };
  const tile = parseTilePath(path);
  if (tile === undefined || tile.width > tileWidth(tile.level, tile.index, newest.size)) return undefined;
  const bytes = await tileBytes(trx, log, tile);
  return bytes && { bytes, type: 'application/octet-stream', immutable: true };
}

/** The bytes of a tile of the tree; undefined when its entries are archived. */
export async function tileBytes(trx: Trx, log: TenantId, { level, index, width }: TilePath): Promise<Buffer | undefined> {
  if (level !== 'entries') return (await readTile(trx, log, level, index)).subarray(0, width * HASH_BYTES);
  const from = index * TILE_WIDTH;
  const leaves = await leavesBetween(trx, log, from, from + width);
  return leaves.length === width ? entryBundle(leaves.map(({ body }) => body)) : undefined;
}

function text(content: string): TreeFile {
  return { bytes: Buffer.from(content, 'utf8'), type: 'text/plain; charset=utf-8', immutable: false };
}
