import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { messageOf, systemClock } from '../../core/index.ts';
import { exportLog, fileAnchor, Ledger } from '../../ledger/index.ts';
import { type LogReport, VerifyError, verifyExport } from '../../ledger/verify/index.ts';
import { readLedgerKey } from '../../start/index.ts';
import { attachStorage } from '../../storage/index.ts';
import { CliError } from '../errors.ts';
import { parseLog } from '../options.ts';
import { exitCode, print, run } from '../report.ts';
import { entriesCommand } from './ledger-entries.ts';

/** `countersign ledger export` and `verify`. */
export function ledgerCommand(program: Command): void {
  const ledger = program.command('ledger').description('export a log, and verify an export offline');
  ledger
    .command('export')
    .description('write a log as plain files that verify offline')
    .requiredOption('--log <tenant>', 'whose log')
    .requiredOption('--out <folder>', 'where to')
    .action((options: { log: string; out: string }) => run(() => exportTo(options)));
  ledger
    .command('verify')
    .description('verify an export: form, order, chain, root and signature; needs no network and no database')
    .argument('<folder>', 'what `ledger export` wrote')
    .option('--key <vkey>', 'the verifier key that was handed to you earlier; without it the one in the folder is used')
    .option('--since <file>', 'a checkpoint that you kept from earlier: the log must continue it')
    .option('--json', 'print the report as JSON', false)
    .action((folder: string, options: VerifyOptions) => run(() => verify(folder, options)));
  entriesCommand(ledger);
}

async function exportTo(options: { log: string; out: string }): Promise<void> {
  const config = loadConfig();
  const log = parseLog(options.log);
  const key = readLedgerKey(config);
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
    const { size } = await exportLog(storage.database, reader, log, options.out);
    print(`wrote ${size} entries of log ${log} to ${options.out} at ${systemClock.now().toISOString()}`);
  } finally {
    await storage.close();
  }
}

type VerifyOptions = { readonly key?: string; readonly since?: string; readonly json: boolean };

async function verify(folder: string, options: VerifyOptions): Promise<void> {
  const since = options.since === undefined ? undefined : readText(options.since);
  const report = await verifyExport(folder, { verifierKey: options.key, since }).catch(refused);
  if (report === undefined) return;
  if (report.faults.length > 0) process.exitCode = exitCode.failed;
  print(options.json ? JSON.stringify(report, null, 2) : describe(report));
  if (!options.json && report.keySource === 'export')
    print(
      'note: the key came with the export; give --key with the one handed to you earlier to prove more than that it agrees with itself',
    );
}

function describe(report: LogReport): string {
  const head = `log ${report.log}: ${report.entries} entries, checkpoint for ${report.checkpointSize}, root ${report.root}`;
  if (report.faults.length === 0) return `${head}\nok: every entry is there, unaltered and in order, and the signature is valid`;
  return [head, ...report.faults.map((fault) => `FAULT ${fault.kind}: ${fault.message}`)].join('\n');
}

/** A checkpoint that is not signed, or of another log, is an answer: no. What cannot be read is wrong use. */
function refused(error: unknown): undefined {
  if (!(error instanceof VerifyError) || error.code === 'verify.file_unreadable' || error.code === 'verify.key_malformed') throw error;
  process.exitCode = exitCode.failed;
  print(`FAULT ${error.code}: ${error.message}`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError('cli.invalid_option', `cannot read \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'name a file with a checkpoint',
    });
  }
}
