import type { TenantId } from '../../core/index.ts';
import type { Database } from '../../storage/index.ts';
import { LedgerError } from '../errors.ts';
import type { SequencedLeaf } from '../store.ts';
import { type EntryFilter, rangeOf } from './filter.ts';
import { allowSelfJoins, archivedBefore, type Extent, extentOf, readMatches } from './store.ts';
import { type Narrowed, narrowByTime } from './time.ts';

/** How many rows are held at once: with the largest bodies some 16 MB. */
const PAGE = 256;

/** What matches, oldest first, a page at a time: the next is read when it is asked for. */
export type EntryStream = Extent & { readonly pages: AsyncGenerator<readonly SequencedLeaf[], void, undefined> };

/**
 * All entries that match, of the log as long as it is now. No transaction is held open between pages: places do not change. The pages end
 * with a LedgerError `ledger.entries_archived` when entries were stored away under them.
 */
export async function streamEntries(database: Database, log: TenantId, filter: EntryFilter): Promise<EntryStream> {
  const { narrowed, ...extent } = await database.transaction(log, async (trx) => {
    const now = await extentOf(trx, log);
    return { ...now, narrowed: await narrowByTime(trx, log, filter, rangeOf(filter, now.size, now.archivedBefore)) };
  });
  return { ...extent, pages: pages(database, log, narrowed, extent) };
}

async function* pages(database: Database, log: TenantId, { filter, range }: Narrowed, { archivedBefore }: Extent): EntryStream['pages'] {
  let from = range.from;
  while (from < range.to) {
    const leaves = await readPage(database, log, { filter, range: { from, to: range.to } }, archivedBefore);
    if (leaves.length > 0) yield leaves;
    const last = leaves.at(-1);
    if (last === undefined || leaves.length < PAGE) return;
    from = last.seq + 1;
  }
}

function readPage(database: Database, log: TenantId, { filter, range }: Narrowed, archived: number): Promise<SequencedLeaf[]> {
  return database.transaction(log, async (trx) => {
    await allowSelfJoins(trx, filter);
    const leaves = await readMatches(trx, log, filter, range, { limit: PAGE, newestFirst: false });
    // Asked after the rows: what was gone then had been told before.
    const now = await archivedBefore(trx, log);
    if (now === archived || now <= range.from) return leaves;
    throw new LedgerError('ledger.entries_archived', `entries of log \`${log}\` before ${now} were stored away while they were read`, {
      remedy: 'read again, from the archive too',
    });
  });
}
