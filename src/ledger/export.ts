import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TenantId } from '../core/index.ts';
import type { Database } from '../storage/index.ts';
import { LedgerError } from './errors.ts';
import type { Ledger } from './ledger.ts';
import { leafPages } from './walk.ts';

/**
 * Writes a log as plain files that verify offline, at constant memory: `entries.jsonl` (a leaf body a line, in order),
 * `checkpoint` (the signed note that covers exactly those) and `log.vkey` (a convenience: an auditor uses the key that was
 * handed over earlier).
 *
 * @throws LedgerError `ledger.out_of_range` when nothing has been signed yet.
 */
export async function exportLog(database: Database, ledger: Ledger, log: TenantId, folder: string): Promise<{ size: number }> {
  const checkpoint = await ledger.checkpoint(log);
  if (checkpoint === undefined)
    throw new LedgerError('ledger.out_of_range', `log \`${log}\` has no checkpoint yet`, { remedy: 'let it take an entry first' });
  await mkdir(folder, { recursive: true });
  await pipeline(Readable.from(lines(database, log, checkpoint.size)), createWriteStream(join(folder, 'entries.jsonl')));
  await writeFile(join(folder, 'checkpoint'), checkpoint.note);
  await writeFile(join(folder, 'log.vkey'), `${ledger.verifierKey(log)}\n`);
  return { size: checkpoint.size };
}

async function* lines(database: Database, log: TenantId, size: number): AsyncGenerator<Buffer> {
  for await (const { leaves } of leafPages(database, log, size)) {
    for (const leaf of leaves) yield Buffer.concat([leaf.body, Buffer.from('\n')]);
  }
}
