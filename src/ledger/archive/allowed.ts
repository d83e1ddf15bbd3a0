import { type EntryId, isId, isJsonObject, type Json, type JsonObject, type TenantId } from '../../core/index.ts';
import type { Database } from '../../storage/index.ts';
import { HASH_BYTES } from '../frontier.ts';
import { leafHash } from '../leaf.ts';
import type { EntryFilter } from '../query/filter.ts';
import { streamEntries } from '../query/stream.ts';
import { readTile, type SequencedLeaf } from '../store.ts';
import { TILE_WIDTH } from '../tile-path.ts';
import { refused } from './errors.ts';
import type { Segment } from './read-segment.ts';

/**
 * The entry that allows a segment to leave the database: a decision `ledger.archive` that names its end and its digest, in the log and as the
 * tree has it. One that was used, and whose entries were restored, is used up.
 *
 * @throws LedgerError `ledger.archive_refused`
 */
export async function allowingEntry(database: Database, segment: Segment): Promise<EntryId> {
  const { manifest, digest } = segment;
  for await (const entry of entriesOf(database, manifest.log, { type: 'ledger.archive', result: 'ALLOW' })) {
    const [id, effect] = [entry['id'], member(entry['data'], 'effect')];
    const allows = member(effect, 'beforeSeq') === manifest.to && member(effect, 'manifestDigest') === digest;
    if (!allows || typeof id !== 'string' || !isId('entry', id)) continue;
    if (!(await isTold(database, 'ledger.restored', segment, id))) return id;
  }
  throw refused(
    `no decision in log \`${manifest.log}\` allows the entries before ${manifest.to} to leave for the archive ${digest}`,
    `let an org-admin call archiveLedger(input: {beforeSeq: ${manifest.to}, manifestDigest: "${digest}", justification: "…"})`,
  );
}

export type Told = 'ledger.archived' | 'ledger.restored';

/** Whether the log says already that this was done with a segment, as that decision allowed. */
export async function isTold(database: Database, type: Told, { manifest, digest }: Segment, allowedBy: string): Promise<boolean> {
  for await (const { data } of entriesOf(database, manifest.log, { type })) {
    if (member(data, 'manifestDigest') === digest && member(data, 'allowedBy') === allowedBy) return true;
  }
  return false;
}

/** Entries that match, but for those that are not what the tree has at their place. */
async function* entriesOf(database: Database, log: TenantId, filter: EntryFilter): AsyncGenerator<JsonObject> {
  for await (const leaves of (await streamEntries(database, log, filter)).pages) {
    for (const leaf of leaves) if (await isInTree(database, log, leaf)) yield JSON.parse(leaf.body.toString('utf8'));
  }
}

async function isInTree(database: Database, log: TenantId, { seq, body }: SequencedLeaf): Promise<boolean> {
  const tile = await database.transaction(log, (trx) => readTile(trx, log, 0, Math.floor(seq / TILE_WIDTH)));
  const at = (seq % TILE_WIDTH) * HASH_BYTES;
  return leafHash(body).equals(tile.subarray(at, at + HASH_BYTES));
}

function member(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}
