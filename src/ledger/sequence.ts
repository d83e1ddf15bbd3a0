import type { Trx } from '../storage/index.ts';
import { leafBytes, leafHash } from './leaf.ts';
import {
  dropFromOutbox,
  type Head,
  insertLeaves,
  insertSubjects,
  lockHead,
  moveHead,
  readOutbox,
  readTile,
  type SequencedLeaf,
  type Waiting,
  writeTiles,
} from './store.ts';
import { appendToTiles } from './tiles.ts';

export type Batch = { readonly leaves: readonly SequencedLeaf[]; readonly size: number };

/**
 * Moves up to `limit` entries of a log from the outbox to their places, in one transaction: all of it or nothing. The head's
 * row lock makes sequencers queue, so that seq is dense and prev is right however many processes try.
 */
export async function sequenceBatch(trx: Trx, log: string, limit: number): Promise<Batch> {
  const head = await lockHead(trx, log);
  const waiting = await readOutbox(trx, log, limit);
  const sizeBefore = head.frontier.size;
  if (waiting.length === 0) return { leaves: [], size: sizeBefore };
  const leaves = placeAll(log, head, waiting);
  const hashes = leaves.map((leaf) => leaf.hash);
  const tiles = await appendToTiles(sizeBefore, hashes, (level, index) => readTile(trx, log, level, index));
  for (const hash of hashes) head.frontier.append(hash);
  await insertLeaves(trx, log, leaves);
  await insertSubjects(trx, log, subjectRows(waiting, sizeBefore));
  await writeTiles(trx, log, tiles);
  await moveHead(trx, log, head.frontier, hashes.at(-1) ?? Buffer.alloc(0));
  await dropFromOutbox(
    trx,
    log,
    waiting.map((entry) => entry.position),
  );
  return { leaves, size: head.frontier.size };
}

function placeAll(log: string, head: Head, waiting: readonly Waiting[]): SequencedLeaf[] {
  let prev = head.lastHash;
  return waiting.map((entry, offset) => {
    const seq = head.frontier.size + offset;
    const body = leafBytes(entry.body, { log, seq, prev });
    const hash = leafHash(body);
    prev = hash;
    return { seq, entryId: entry.entryId, body, hash };
  });
}

function subjectRows(waiting: readonly Waiting[], from: number): { subject: string; seq: number }[] {
  return waiting.flatMap((entry, offset) => [...new Set(entry.subjects)].map((subject) => ({ subject, seq: from + offset })));
}
