import type { TenantId } from '../../src/core/index.ts';
import { Frontier } from '../../src/ledger/frontier.ts';
import { entryBytes, leafBytes, leafHash } from '../../src/ledger/leaf.ts';
import { searchable } from '../../src/ledger/searchable.ts';
import type { Head } from '../../src/ledger/sequencing-store.ts';
import { appendToTiles, type Tile, type TileReader } from '../../src/ledger/tiles.ts';
import { CopyRows } from './copy-rows.ts';
import { benchEntry, entryIds } from './entries.ts';

/** Leaves that follow one another, ready to be copied, with what they change. */
export type Chunk = {
  readonly count: number;
  readonly leaves: Buffer;
  readonly subjects: Buffer;
  readonly tiles: readonly Tile[];
  /** The head when they are there. */
  readonly head: Head;
};

export const leafColumns = 'tenant, seq, entry_id, body, hash, type, actor, result, rule, at';
export const subjectColumns = 'tenant, subject, seq';
const ENTRIES_A_SUBJECT = 10;

/** Room for a row in the format of COPY. */
const LEAF_ROW_BYTES = 700;
const SUBJECT_ROW_BYTES = 80;

/** The next leaves of a log, made by the ledger's own functions. */
export async function makeChunk(log: TenantId, before: Head, count: number, edge: TileReader): Promise<Chunk> {
  const [leaves, subjects, hashes] = [new CopyRows(count * LEAF_ROW_BYTES), new CopyRows(count * SUBJECT_ROW_BYTES), [] as Buffer[]];
  const from = before.frontier.size;
  let [seq, prev] = [from, before.lastHash];
  const { type, actor, result, rule } = searchable({ ...benchEntry('incident:0'), actor: { id: 'bench' } }); // the same for all
  for (const id of entryIds(count)) {
    const at = new Date();
    const entry = benchEntry(`incident:${Math.floor(seq / ENTRIES_A_SUBJECT)}`, at, id);
    const body = leafBytes(entryBytes(entry), { log, seq, prev, entryId: id });
    prev = leafHash(body);
    leaves.add(log, BigInt(seq), id, body, prev, type, actor, result, rule, at);
    subjects.add(log, entry.subject, BigInt(seq));
    hashes.push(prev);
    seq += 1;
  }
  const tiles = await appendToTiles(from, hashes, edge);
  const frontier = Frontier.decode(from, before.frontier.encode());
  for (const hash of hashes) frontier.append(hash);
  return { count, leaves: leaves.finish(), subjects: subjects.finish(), tiles, head: { frontier, lastHash: prev } };
}
