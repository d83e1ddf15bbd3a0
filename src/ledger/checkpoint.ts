import type { TenantId } from '../core/index.ts';
import type { Database } from '../storage/index.ts';
import { LedgerError } from './errors.ts';
import type { LedgerKey } from './keys.ts';
import { checkpointText } from './note.ts';
import { insertCheckpoint, latestCheckpoint, lockRoot } from './store.ts';

export type Checkpoint = { readonly size: number; readonly note: string };

/** A log's origin: the first line of its checkpoints and the name of its signing key. */
export function originOf(originPrefix: string, log: string): string {
  return `${originPrefix}/${log}`;
}

/**
 * Signs the head of a log if no checkpoint has it yet. Called after the batch is committed, never inside it: what is signed
 * is durable. A tree smaller than one already signed (a restored backup) is refused.
 *
 * @throws LedgerError `ledger.inconsistent`
 */
export async function signHead(database: Database, key: LedgerKey, originPrefix: string, log: TenantId): Promise<void> {
  await database.transaction(log, async (trx) => {
    const head = await lockRoot(trx, log);
    const latest = await latestCheckpoint(trx, log);
    if (head === undefined || head.size === latest?.size) return;
    if (latest !== undefined && head.size < latest.size) {
      throw new LedgerError(
        'ledger.inconsistent',
        `log \`${log}\` has ${head.size} entries but a checkpoint for ${latest.size} was signed`,
        {
          remedy: 'the database was restored to an earlier state: keep the signed checkpoint and start a new epoch',
        },
      );
    }
    const origin = originOf(originPrefix, log);
    await insertCheckpoint(trx, log, head.size, key.signerFor(origin).sign(checkpointText(origin, head.size, head.root)));
  });
}
