import type { TenantId } from '../core/index.ts';
import type { Database } from '../storage/index.ts';
import { LedgerError } from './errors.ts';
import type { LedgerKey } from './keys.ts';
import { checkpointText } from './note.ts';
import { type NodeReader, treeRoot } from './proof.ts';
import { insertCheckpoint, latestCheckpoint, lockRoot, readTile } from './store.ts';
import { memoised, nodesFromTiles } from './tiles.ts';

export type Checkpoint = { readonly size: number; readonly note: string };

/** A log's origin: the first line of its checkpoints and the name of its signing key. */
export function originOf(originPrefix: string, log: string): string {
  return `${originPrefix}/${log}`;
}

/**
 * Signs the head of a log if no checkpoint has it yet. Called after the batch is committed, never inside it: what is signed
 * is durable. What does not continue the tree signed last is refused: fewer entries (a restored backup), or another history
 * under the same numbers.
 *
 * @throws LedgerError `ledger.inconsistent`
 */
export async function signHead(database: Database, key: LedgerKey, originPrefix: string, log: TenantId): Promise<void> {
  await database.transaction(log, async (trx) => {
    const head = await lockRoot(trx, log);
    const latest = await latestCheckpoint(trx, log);
    if (head === undefined || head.size === latest?.size) return;
    const nodes = nodesFromTiles(memoised((level, index) => readTile(trx, log, level, index)));
    if (latest !== undefined) await assertContinues(log, latest, head.size, nodes);
    if (!head.root.equals(await treeRoot(head.size, nodes))) throw inconsistent(log, 'the root of its head is not the root of its tiles');
    const origin = originOf(originPrefix, log);
    await insertCheckpoint(trx, log, head.size, key.signerFor(origin).sign(checkpointText(origin, head.size, head.root)));
  });
}

async function assertContinues(log: TenantId, latest: Checkpoint, size: number, nodes: NodeReader): Promise<void> {
  if (size < latest.size) throw inconsistent(log, `it has ${size} entries but a checkpoint for ${latest.size} was signed`);
  const signed = latest.note.split('\n')[2];
  const today = await treeRoot(latest.size, nodes);
  if (today.toString('base64') !== signed) throw inconsistent(log, `its first ${latest.size} entries are not the ones that were signed`);
}

function inconsistent(log: TenantId, why: string): LedgerError {
  return new LedgerError('ledger.inconsistent', `log \`${log}\` will not be signed: ${why}`, {
    remedy: 'the database was restored or altered: keep the signed checkpoints, find out, and start a new epoch',
  });
}
