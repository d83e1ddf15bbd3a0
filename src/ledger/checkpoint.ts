import type { TenantId } from '../core/index.ts';
import type { Database } from '../storage/index.ts';
import type { Anchor } from './anchor.ts';
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

export type Signing = { readonly database: Database; readonly key: LedgerKey; readonly originPrefix: string; readonly anchor: Anchor };

/**
 * Signs the head of a log if no checkpoint has it yet. Called after the batch is committed, never inside it: what is signed
 * is durable. What does not continue the trees signed before is refused: fewer entries (a restored backup), or another history
 * under the same numbers. What was signed before is known from the database and, for who altered that, from a file beside it.
 *
 * @throws LedgerError `ledger.inconsistent`
 */
export async function signHead({ database, key, originPrefix, anchor }: Signing, log: TenantId): Promise<void> {
  const signed = await database.transaction(log, async (trx) => {
    const head = await lockRoot(trx, log);
    const latest = await latestCheckpoint(trx, log);
    if (head === undefined || head.size === latest?.size) return undefined;
    const nodes = memoised(nodesFromTiles(memoised((level, index) => readTile(trx, log, level, index))));
    const before = new Set([latest?.note, anchor.read(log)]); // one and the same, as a rule
    for (const note of before) if (note !== undefined) await assertContinues(log, note, head.size, nodes);
    if (!head.root.equals(await treeRoot(head.size, nodes))) throw inconsistent(log, 'the root of its head is not the root of its tiles');
    const origin = originOf(originPrefix, log);
    const note = key.signerFor(origin).sign(checkpointText(origin, head.size, head.root));
    await insertCheckpoint(trx, log, head.size, note);
    return note;
  });
  if (signed !== undefined) anchor.keep(log, signed);
}

async function assertContinues(log: TenantId, note: string, size: number, nodes: NodeReader): Promise<void> {
  const [, signedSize, signedRoot] = note.split('\n');
  const before = Number(signedSize);
  if (size < before) throw inconsistent(log, `it has ${size} entries but a checkpoint for ${before} was signed`);
  const today = await treeRoot(before, nodes);
  if (today.toString('base64') !== signedRoot) throw inconsistent(log, `its first ${before} entries are not the ones that were signed`);
}

function inconsistent(log: TenantId, why: string): LedgerError {
  return new LedgerError('ledger.inconsistent', `log \`${log}\` will not be signed: ${why}`, {
    remedy: 'the database was restored or altered: keep the signed checkpoints and find out; docs/ledger-format.md says how to go on',
  });
}
