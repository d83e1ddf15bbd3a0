import { chmodSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { TenantId } from '../../src/core/index.ts';
import { type Head, makeHead, takeHeads, writeBatch } from '../../src/ledger/sequencing-store.ts';
import { readTile } from '../../src/ledger/store.ts';
import type { TileReader } from '../../src/ledger/tiles.ts';
import { connectOnce, Database } from '../../src/storage/index.ts';
import { type Chunk, leafColumns, makeChunk, subjectColumns } from './chunk.ts';
import type { Ground } from './ground.ts';
import { relaxed, withoutIndexes } from './loading.ts';

const CHUNK = 100_000;
/** On disk, with indexes and what is written ahead of them. */
const BYTES_AN_ENTRY = 3_000;
const BYTES_AT_LEAST = 6e9;
/** Above so many rows it is quicker to make the indexes anew. */
const MANY = 500_000;

/**
 * Makes a log as long as if so many entries had been appended: the same leaves, chained and hashed, the same tiles and head; only the
 * way into the tables is COPY. Whoever signs it next recomputes the root from the tiles.
 */
export async function fillTo(ground: Ground, log: TenantId, entries: number): Promise<void> {
  const database = new Database({ appUrl: ground.appUrl, poolSize: 2 });
  const owner = await connectOnce(ground.ownerUrl);
  try {
    const missing = entries - (await headOf(database, log)).frontier.size;
    assertRoom(ground.folder, missing);
    const fill = (): Promise<void> => fillChunks({ ground, log, database, owner }, entries);
    await relaxed(owner, () => (missing < MANY ? fill() : withoutIndexes(owner, ['ledger_leaf', 'ledger_subject'], fill)));
  } finally {
    await owner.end();
    await database.close();
  }
}

type Way = { readonly ground: Ground; readonly log: TenantId; readonly database: Database; readonly owner: pg.Client };

/** Makes a chunk while the server takes the one before. */
async function fillChunks(way: Way, entries: number): Promise<void> {
  const { log, database } = way;
  let head = await headOf(database, log);
  let edge: TileReader = (level, index) => database.transaction(log, (trx) => readTile(trx, log, level, index));
  let taking = Promise.resolve();
  while (head.frontier.size < entries) {
    const chunk = await makeChunk(log, head, Math.min(CHUNK, entries - head.frontier.size), edge);
    await taking;
    taking = take(way, chunk);
    head = chunk.head;
    edge = edgeAfter(chunk, edge);
  }
  await taking;
}

function headOf(database: Database, log: TenantId): Promise<Head> {
  return database.transaction(log, async (trx) => {
    await makeHead(trx, log);
    const head = (await takeHeads(trx, [log], [], 'wait')).get(log);
    if (head === undefined) throw new Error(`log \`${log}\` has no head`);
    return head;
  });
}

/** The newest tiles are known without asking; on the higher levels they may be those of an earlier chunk. */
function edgeAfter({ tiles }: Chunk, before: TileReader): TileReader {
  const known = new Map(tiles.map(({ level, index, hashes }) => [`${level}/${index}`, hashes]));
  return async (level, index) => known.get(`${level}/${index}`) ?? before(level, index);
}

async function take({ ground, log, database, owner }: Way, chunk: Chunk): Promise<void> {
  await copy(ground, owner, `ledger_leaf (${leafColumns})`, chunk.leaves);
  await copy(ground, owner, `ledger_subject (${subjectColumns})`, chunk.subjects);
  const { tiles, head } = chunk;
  await database.transaction(log, (trx) => writeBatch(trx, [{ log, leaves: [], subjects: [], tiles, head, refused: [], drained: [] }]));
}

/** Through a file that the server reads itself: pg has no COPY of its own. */
async function copy({ folder }: Ground, owner: pg.Client, target: string, rows: Buffer): Promise<void> {
  const file = join(folder, 'chunk');
  writeFileSync(file, rows);
  chmodSync(file, 0o644);
  await owner.query(`copy ${target} from '${file}' (format binary)`);
  rmSync(file);
}

function assertRoom(folder: string, entries: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const [free, wanted] = [bavail * bsize, Math.max(0, entries) * BYTES_AN_ENTRY + BYTES_AT_LEAST];
  if (free >= wanted) return;
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
  throw new Error(`${entries} entries want ${gigabytes(wanted)} GB in \`${folder}\`, ${gigabytes(free)} are free: say --entries 1000000`);
}
