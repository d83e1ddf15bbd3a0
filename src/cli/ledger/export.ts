import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { systemClock } from '../../core/index.ts';
import { type ExportFormat, exportLog, fileAnchor, Ledger, readLedgerKey } from '../../ledger/index.ts';
import { attachStorage } from '../../storage/index.ts';
import { parseLog } from '../options.ts';
import { progressOn } from '../progress.ts';
import { print, run } from '../report.ts';

type Options = { readonly log: string; readonly out: string; readonly format: ExportFormat };

/** `countersign ledger export`: a log as files. */
export function exportCommand(ledger: Command): void {
  ledger
    .command('export')
    .description('write a log as plain files that verify offline')
    .requiredOption('--log <tenant>', 'whose log')
    .requiredOption('--out <folder>', 'where to')
    .addOption(
      new Option('--format <format>', 'lines of text, or C2SP tlog-tiles for clients of any transparency log')
        .choices(['text', 'tiles'])
        .default('text'),
    )
    .action((options: Options) => run(() => exportTo(options)));
}

async function exportTo(options: Options): Promise<void> {
  const config = loadConfig();
  const log = parseLog(options.log);
  const key = readLedgerKey(config);
  const progress = progressOn(process.stderr);
  const onProgress = (done: number, total: number): void => progress.tell(done, total, 'entries');
  const storage = await attachStorage({
    databaseUrl: config.env.databaseUrl,
    databaseAppUrl: config.env.databaseAppUrl,
    dataDir: config.dataDir,
  });
  try {
    const reader = new Ledger({
      database: storage.database,
      key,
      anchor: fileAnchor(join(config.dataDir, 'checkpoints')),
      ...config.ledger,
    });
    const { size } = await exportLog(storage.database, reader, log, options.out, { format: options.format, onProgress });
    progress.end();
    print(`wrote ${size} entries of log ${log} to ${options.out} at ${systemClock.now().toISOString()}`);
  } finally {
    await storage.close();
  }
}
