import type { Trx } from '../../storage/index.ts';
import type { SequencedLeaf } from '../store.ts';
import { type Asked, type Place, readCursor, writeCursor } from './cursor.ts';
import { rangeOf, type SeqRange } from './filter.ts';
import { allowSelfJoins, archivedBefore, countMatches, type Extent, extentOf, readMatches } from './store.ts';
import { type Narrowed, narrowByTime } from './time.ts';

/** The first entries after a place, or the last ones before it, in the order asked for. */
export type PageRequest = Asked & {
  readonly count: number;
  readonly direction: 'forward' | 'backward';
  /** The cursor of the entry that the page follows (forward) or comes before (backward). */
  readonly cursor?: string | undefined;
};

/** A page of a list that stands still while the log grows. */
export type EntryPage = Extent & {
  readonly leaves: readonly { readonly leaf: SequencedLeaf; readonly cursor: string }[];
  /** Exact, among the first `size` entries without those that are stored away. */
  readonly totalCount: number;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
};

/**
 * Finds entries of a log in the caller's transaction. The first page is answered against the log as long as it is now (`size`), every
 * further one against the same.
 *
 * @throws LedgerError `ledger.cursor_malformed`, `ledger.cursor_foreign`
 */
export async function findEntries(trx: Trx, request: PageRequest): Promise<EntryPage> {
  const { log, filter, cursor } = request;
  const now = await extentOf(trx, log);
  const place = cursor === undefined ? undefined : readCursor(cursor, request, now.size);
  const size = place?.size ?? now.size;
  const narrowed = await narrowByTime(trx, log, filter, rangeOf(filter, size, now.archivedBefore));
  await allowSelfJoins(trx, narrowed.filter);
  const shown = await readPage(trx, request, narrowed, place);
  const totalCount = await countMatches(trx, log, narrowed.filter, narrowed.range);
  // Stored away while we read, entries would be missing from the page as if there had been none.
  if ((await archivedBefore(trx, log)) !== now.archivedBefore) return findEntries(trx, request);
  const leaves = shown.leaves.map((leaf) => ({ leaf, cursor: writeCursor(request, { size, seq: leaf.seq }) }));
  return { ...shown, leaves, totalCount, size, archivedBefore: now.archivedBefore };
}

type Shown = { readonly leaves: readonly SequencedLeaf[]; readonly hasNextPage: boolean; readonly hasPreviousPage: boolean };

/** Reads one more than is shown: then it is known whether there are more. */
async function readPage(trx: Trx, request: PageRequest, { filter, range: all }: Narrowed, place: Place | undefined): Promise<Shown> {
  const { log, order, count, direction } = request;
  const upwards = (order === 'OLDEST_FIRST') === (direction === 'forward');
  const range = place === undefined ? all : beyond(all, place.seq, upwards);
  const found = await readMatches(trx, log, filter, range, { limit: count + 1, newestFirst: !upwards });
  const leaves = found.slice(0, count);
  const more = found.length > count;
  if (direction === 'forward') return { leaves, hasNextPage: more, hasPreviousPage: place !== undefined };
  return { leaves: leaves.reverse(), hasNextPage: place !== undefined, hasPreviousPage: more };
}

function beyond({ from, to }: SeqRange, seq: number, upwards: boolean): SeqRange {
  return upwards ? { from: Math.max(from, seq + 1), to } : { from, to: Math.min(to, seq) };
}
