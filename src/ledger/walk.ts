import { type TenantId, tenantId } from '../core/index.ts';
import { connectOnce, type Database } from '../storage/index.ts';
import { headSize, latestCheckpoint, leafByEntry, leavesBetween, type SequencedLeaf, waitingBody } from './store.ts';

const PAGE = 1_000;

/** Consecutive leaves of a log. `missing`: how many places of the page hold no leaf, because somebody took it away. */
export type LeafPage = { readonly leaves: readonly SequencedLeaf[]; readonly missing: number };

/** The leaves of a log in order, a page at a time: the first `size`, or all that have their place when it begins. */
export async function* leafPages(database: Database, log: TenantId, size?: number): AsyncGenerator<LeafPage> {
  const end = size ?? (await database.transaction(log, (trx) => headSize(trx, log)));
  for (let from = 0; from < end; from += PAGE) {
    const to = Math.min(from + PAGE, end);
    const leaves = await database.transaction(log, (trx) => leavesBetween(trx, log, from, to));
    yield { leaves, missing: to - from - leaves.length };
  }
}

/**
 * The logs of a database, in the order of their names. Asked as the role that owns the tables: row-level security shows the
 * application one tenant at a time, and only one whose name it knows already.
 */
export async function listLogs(ownerUrl: string): Promise<TenantId[]> {
  const client = await connectOnce(ownerUrl);
  try {
    const { rows } = await client.query<{ tenant: string }>(
      'select tenant from ledger_head union select tenant from ledger_outbox order by tenant',
    );
    return rows.map(({ tenant }) => tenantId(tenant));
  } finally {
    await client.end();
  }
}

/** An entry as a log has it. `leaf` is null while it waits for its place; `body` is then its bytes without one. */
export type FoundEntry = {
  readonly body: Buffer;
  readonly leaf: SequencedLeaf | null;
  /** Size of the newest checkpoint of the log; null before the first. */
  readonly checkpointSize: number | null;
};

/** Finds an entry of a log by its id, sequenced or not yet. */
export function findEntry(database: Database, log: TenantId, entryId: string): Promise<FoundEntry | undefined> {
  return database.transaction(log, async (trx) => {
    // The outbox first: an entry that moves on in between is then found in the log.
    const waiting = await waitingBody(trx, log, entryId);
    const leaf = (await leafByEntry(trx, log, entryId)) ?? null;
    const body = leaf?.body ?? waiting;
    if (body === undefined) return undefined;
    return { body, leaf, checkpointSize: (await latestCheckpoint(trx, log))?.size ?? null };
  });
}
