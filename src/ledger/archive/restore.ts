import type { TenantId } from '../../core/index.ts';
import type { Database, Trx } from '../../storage/index.ts';
import { HASH_BYTES } from '../frontier.ts';
import { leafHash } from '../leaf.ts';
import { treeRoot } from '../proof.ts';
import { insertLeaves } from '../sequencing-store.ts';
import { leavesBetween, readTile, type SequencedLeaf } from '../store.ts';
import { TILE_WIDTH } from '../tile-path.ts';
import { memoised, nodesFromTiles } from '../tiles.ts';
import { type ArchiveParts, tell } from './carry-out.ts';
import { checkSegment } from './check-segment.ts';
import { corrupt, refused } from './errors.ts';
import { pathOf } from './files.ts';
import { MANIFEST } from './manifest.ts';
import { asOwner } from './owner.ts';
import type { Segment } from './read-segment.ts';

/**
 * Brings the entries of the newest archive of a log back, byte for byte. First all of it is checked, by itself and against the tree that the
 * database still has: of an archive with one altered byte nothing comes back. After a crash, do the same again.
 *
 * @throws LedgerError `ledger.archive_corrupt`, naming the file; `ledger.archive_refused`
 */
export async function restoreArchive(
  parts: ArchiveParts,
  folder: string,
  verifierKey: string,
): Promise<{ segment: Segment; inserted: number }> {
  const { database, ownerUrl } = parts;
  const segment = await checkSegment(folder, verifierKey);
  return asOwner(ownerUrl, async (owner) => {
    const allowedBy = await owner.allowedBy(segment);
    await checkRoot(database, segment);
    const leaves = async (index: number): Promise<SequencedLeaf[]> => leavesOf(segment, index, await tileOf(database, segment, index));
    for (const index of bundlesOf(segment)) await leaves(index);
    let inserted = 0;
    for (const index of bundlesOf(segment)) inserted += await insertMissing(database, segment.manifest.log, await leaves(index));
    await tell(parts, 'ledger.restored', segment, allowedBy);
    await owner.forget(segment);
    return { segment, inserted };
  });
}

function bundlesOf({ manifest: { from, to } }: Segment): number[] {
  return Array.from({ length: (to - from) / TILE_WIDTH }, (_, n) => from / TILE_WIDTH + n);
}

async function checkRoot(database: Database, { manifest: { log, to, root } }: Segment): Promise<void> {
  const read = (trx: Trx): Promise<Buffer> => treeRoot(to, nodesFromTiles(memoised((level, index) => readTile(trx, log, level, index))));
  const today = await database.transaction(log, read);
  if (today.toString('hex') !== root) throw corrupt(MANIFEST, `its root is not the one that log \`${log}\` has at ${to}`);
}

function tileOf(database: Database, { manifest: { log } }: Segment, index: number): Promise<Buffer> {
  return database.transaction(log, (trx) => readTile(trx, log, 0, index));
}

/** A bundle as rows, each of which hashes to its place in the database's tree. */
async function leavesOf({ bodies }: Segment, index: number, tile: Buffer): Promise<SequencedLeaf[]> {
  return (await bodies(index)).map((body, n) => {
    const [seq, hash] = [index * TILE_WIDTH + n, leafHash(body)];
    if (!hash.equals(tile.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES))) {
      throw corrupt(pathOf({ kind: 'entries', index }), `entry ${seq} is not the one that the log has there`);
    }
    const { id }: { id: string } = JSON.parse(body.toString('utf8'));
    return { seq, entryId: id, body, hash };
  });
}

/** Some may be there from a run that did not come to its end. */
async function insertMissing(database: Database, log: TenantId, leaves: readonly SequencedLeaf[]): Promise<number> {
  const [first] = leaves;
  if (first === undefined) return 0;
  return database.transaction(log, async (trx) => {
    const there = new Map((await leavesBetween(trx, log, first.seq, first.seq + leaves.length)).map((leaf) => [leaf.seq, leaf]));
    const missing = leaves.filter(({ seq }) => !there.has(seq));
    const other = leaves.find(({ seq, body }) => there.get(seq)?.body.equals(body) === false);
    if (other !== undefined)
      throw refused(`the database has another entry ${other.seq}`, 'find out who put it there: `countersign ledger verify`');
    await insertLeaves(
      trx,
      missing.map((leaf) => ({ ...leaf, log })),
    );
    return missing.length;
  });
}
