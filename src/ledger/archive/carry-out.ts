import { type EntryId, newId } from '../../core/index.ts';
import type { Database } from '../../storage/index.ts';
import type { Ledger } from '../ledger.ts';
import { allowingEntry, isTold, type Told } from './allowed.ts';
import { checkSegment } from './check-segment.ts';
import { asOwner, type Owner } from './owner.ts';
import type { Segment } from './read-segment.ts';

/** Moments at which a process may die; tests do it there. */
export type ArchiveStep = 'checked' | 'told' | 'recorded' | 'batch' | 'done';

export type ArchiveParts = {
  readonly database: Database;
  readonly ownerUrl: string;
  readonly ledger: Ledger;
  readonly now: () => Date;
  readonly onStep?: (step: ArchiveStep) => void;
};

/**
 * Takes the entries of an archive out of the database: only of one that is whole, which is proven from its files once more, and only as
 * a decision in the log allows. In this order, so that at any moment either the rows are there or the archive is, checked and on the disk: the log
 * says it, the table says it, the rows go in batches. After a crash, do the same again: what is done stays done.
 *
 * @throws LedgerError `ledger.archive_corrupt`, `ledger.archive_refused`
 */
export async function carryOut(parts: ArchiveParts, folder: string, verifierKey: string): Promise<{ segment: Segment; deleted: number }> {
  const { database, ownerUrl, onStep = () => undefined } = parts;
  const segment = await checkSegment(folder, verifierKey);
  onStep('checked');
  const allowedBy = await allowingEntry(database, segment);
  await tell(parts, 'ledger.archived', segment, allowedBy);
  onStep('told');
  const deleted = await asOwner(ownerUrl, async (owner) => {
    await owner.record(segment, allowedBy);
    onStep('recorded');
    return deleteAll(owner, segment, onStep);
  });
  onStep('done');
  return { segment, deleted };
}

async function deleteAll(owner: Owner, segment: Segment, onStep: (step: ArchiveStep) => void): Promise<number> {
  let deleted = 0;
  for (let batch = await owner.deleteSome(segment); batch > 0; batch = await owner.deleteSome(segment)) {
    deleted += batch;
    onStep('batch');
  }
  return deleted;
}

/** Writes it into the log, once for each time that it was allowed. */
export async function tell({ database, ledger, now }: ArchiveParts, type: Told, segment: Segment, allowedBy: string): Promise<void> {
  if (await isTold(database, type, segment, allowedBy)) return;
  const { log, from, to, root } = segment.manifest;
  const id: EntryId = newId('entry', now());
  await database.transaction(log, (trx) =>
    ledger.append(trx, log, {
      id,
      ts: now().toISOString(),
      type,
      subject: `ledger:${log}`,
      actor: { id: 'system:ledger', kind: 'system' },
      data: { from, to, root, manifestDigest: segment.digest, allowedBy },
    }),
  );
  await ledger.acknowledge(log, id);
}
