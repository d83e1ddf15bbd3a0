import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TenantId } from '../core/index.ts';
import type { Database } from '../storage/index.ts';
import { LedgerError } from './errors.ts';
import type { Ledger } from './ledger.ts';
import { formatTilePath, tilesOf } from './tile-path.ts';
import { tileBytes } from './tree-files.ts';
import { leafPages } from './walk.ts';

/** `text`: one file of lines, for people and their tools. `tiles`: the tree of C2SP tlog-tiles, for clients of any such log. */
export type ExportFormat = 'text' | 'tiles';

export type ExportOptions = {
  readonly format?: ExportFormat;
  /** Told now and then how many entries are written. */
  readonly onProgress?: (done: number, total: number) => void;
};

/**
 * Writes a log as plain files that verify offline, at constant memory: the entries, `checkpoint` (the signed note that covers exactly
 * those), `rotations.json` and `log.vkey` (a convenience: an auditor uses the key that was handed over earlier).
 *
 * @throws LedgerError `ledger.out_of_range` when nothing has been signed yet.
 */
export async function exportLog(
  database: Database,
  ledger: Ledger,
  log: TenantId,
  folder: string,
  { format = 'text', onProgress = () => undefined }: ExportOptions = {},
): Promise<{ size: number }> {
  const checkpoint = await ledger.checkpoint(log);
  if (checkpoint === undefined)
    throw new LedgerError('ledger.out_of_range', `log \`${log}\` has no checkpoint yet`, { remedy: 'let it take an entry first' });
  await mkdir(folder, { recursive: true });
  const source = { database, log, size: checkpoint.size, onProgress };
  await (format === 'text' ? writeLines(source, join(folder, 'entries.jsonl')) : writeTiles(source, folder));
  await writeFile(join(folder, 'checkpoint'), checkpoint.note);
  await writeFile(join(folder, 'rotations.json'), JSON.stringify(await database.transaction(log, (trx) => ledger.rotations(trx, log))));
  await writeFile(join(folder, 'log.vkey'), `${ledger.verifierKey(log)}\n`);
  return { size: checkpoint.size };
}

type Source = {
  readonly database: Database;
  readonly log: TenantId;
  readonly size: number;
  readonly onProgress: (done: number, total: number) => void;
};

async function writeLines(source: Source, file: string): Promise<void> {
  await pipeline(Readable.from(lines(source)), createWriteStream(file));
}

async function* lines({ database, log, size, onProgress }: Source): AsyncGenerator<Buffer> {
  let done = 0;
  for await (const { leaves } of leafPages(database, log, size)) {
    yield Buffer.concat(leaves.flatMap((leaf) => [leaf.body, NEWLINE]));
    done += leaves.length;
    onProgress(done, size);
  }
}

const NEWLINE = Buffer.from('\n');

async function writeTiles({ database, log, size, onProgress }: Source, folder: string): Promise<void> {
  let done = 0;
  for (const tile of tilesOf(size)) {
    const bytes = await database.transaction(log, (trx) => tileBytes(trx, log, tile));
    if (bytes === undefined) throw gone(log, tile.index);
    const file = join(folder, formatTilePath(tile));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    if (tile.level !== 'entries') continue;
    done += tile.width;
    onProgress(done, size);
  }
}

function gone(log: TenantId, bundle: number): LedgerError {
  return new LedgerError('ledger.out_of_range', `log \`${log}\` has not all entries from ${bundle * 256} on any more`, {
    remedy: 'if they are archived, take them from the archive; if not, somebody removed them: `countersign ledger verify`',
  });
}
