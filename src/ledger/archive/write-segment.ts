import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256, type TenantId } from '../../core/index.ts';
import type { Database, Trx } from '../../storage/index.ts';
import { entryBundle } from '../entry-bundle.ts';
import { HASH_BYTES } from '../frontier.ts';
import { consistencyPath, treeRoot } from '../proof.ts';
import { archivedBefore } from '../query/store.ts';
import { latestCheckpoint, leavesBetween, readTile } from '../store.ts';
import { TILE_WIDTH } from '../tile-path.ts';
import { memoised, nodesFromTiles } from '../tiles.ts';
import { syncFolder, writeDurably } from './durable.ts';
import { refused } from './errors.ts';
import { pathOf, type SegmentFile, segmentFiles } from './files.ts';
import { MANIFEST, type Manifest, writeManifest } from './manifest.ts';

/**
 * Writes the oldest entries of a log that are not stored away yet, up to seq `to`, as an archive. The folder has its name only when it is
 * whole and on the disk; nothing in the database changes.
 *
 * @throws LedgerError `ledger.archive_refused`
 */
export async function writeSegment(
  database: Database,
  { log, origin, to }: { readonly log: TenantId; readonly origin: string; readonly to: number },
  folder: string,
): Promise<Manifest> {
  if (existsSync(folder)) throw refused(`\`${folder}\` is there already`, 'name a folder that is not');
  const head = await database.transaction(log, (trx) => headOf(trx, log, to));
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true }); // of an earlier run that did not come to its end
  const files: Manifest['files'] = [];
  for (const file of segmentFiles(head.from, to)) {
    const bytes = await database.transaction(log, (trx) => contentOf(trx, log, file));
    await writeDurably(join(partial, pathOf(file)), bytes);
    files.push({ path: pathOf(file), bytes: bytes.length, sha256: sha256(bytes).toString('hex') });
  }
  const manifest: Manifest = { version: 1, log, origin, to, ...head, files };
  await writeDurably(join(partial, MANIFEST), writeManifest(manifest).bytes);
  await nameDurably(partial, folder);
  return manifest;
}

/** Where it begins, the tree at its end, and what ties that to a signed checkpoint. */
async function headOf(trx: Trx, log: TenantId, to: number): Promise<Pick<Manifest, 'from' | 'root' | 'checkpoint' | 'consistency'>> {
  const from = await archivedBefore(trx, log);
  const checkpoint = await latestCheckpoint(trx, log);
  assertCut(from, to, checkpoint?.size ?? 0);
  const nodes = nodesFromTiles(memoised((level, index) => readTile(trx, log, level, index)));
  const root = await treeRoot(to, nodes);
  const path = await consistencyPath(to, checkpoint?.size ?? 0, nodes);
  const hex = (hash: Buffer): string => hash.toString('hex');
  return { from, root: hex(root), checkpoint: checkpoint?.note ?? '', consistency: path.map(hex) };
}

/** @throws LedgerError `ledger.archive_refused` */
function assertCut(from: number, to: number, signed: number): void {
  if (to % TILE_WIDTH !== 0)
    throw refused(`an archive ends at a multiple of ${TILE_WIDTH}, ${to} is none`, `take ${to - (to % TILE_WIDTH)}`);
  if (to <= from) throw refused(`entries before ${from} are stored away, so none are left before ${to}`, 'name a later end');
  if (to > signed)
    throw refused(`the newest checkpoint covers ${signed} entries, not ${to}`, 'name an earlier end, or wait for a checkpoint');
}

async function contentOf(trx: Trx, log: TenantId, file: SegmentFile): Promise<Buffer> {
  if (file.kind === 'tile') return (await readTile(trx, log, file.level, file.index)).subarray(0, file.width * HASH_BYTES);
  const leaves = await leavesBetween(trx, log, file.index * TILE_WIDTH, (file.index + 1) * TILE_WIDTH);
  if (leaves.length === TILE_WIDTH) return entryBundle(leaves.map(({ body }) => body));
  throw refused(
    `${TILE_WIDTH - leaves.length} of the entries from ${file.index * TILE_WIDTH} on are missing`,
    'find out where they are: `countersign ledger verify`',
  );
}

/** Syncs every folder before the name changes: who sees the name sees all of it, also after a loss of power. */
async function nameDurably(partial: string, folder: string): Promise<void> {
  const inside = await readdir(partial, { recursive: true, withFileTypes: true });
  for (const entry of inside) if (entry.isDirectory()) await syncFolder(join(entry.parentPath, entry.name));
  await syncFolder(partial);
  await rename(partial, folder);
  await syncFolder(dirname(folder));
}

/** Whether the entries before `to` may be stored away, as far as the log goes. @throws LedgerError `ledger.archive_refused` */
export async function assertArchivable(trx: Trx, log: TenantId, to: number): Promise<void> {
  assertCut(await archivedBefore(trx, log), to, (await latestCheckpoint(trx, log))?.size ?? 0);
}
