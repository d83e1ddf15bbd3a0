import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { loadConfig } from '../../config/index.ts';
import type { TenantId } from '../../core/index.ts';
import { cloudEvents, csv, type EntryFilter, type EntryFormat, jsonl, originOf, streamEntries, writeEntries } from '../../ledger/index.ts';
import { attachStorage, type Database } from '../../storage/index.ts';
import { CliError } from '../errors.ts';
import { entryTable } from '../ledger/entry-table.ts';
import { parseLog } from '../options.ts';
import { parseMoment } from '../policy/records.ts';
import { run } from '../report.ts';

type EntriesOptions = {
  readonly log: string;
  readonly subject?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly result?: 'ALLOW' | 'DENY' | 'STEP_UP';
  readonly rule?: string;
  readonly from?: string;
  readonly until?: string;
  readonly seq?: string;
  readonly format: 'table' | 'jsonl' | 'csv' | 'cloudevents';
  readonly out?: string;
};

/** `countersign ledger entries`: what matches, in one of several formats. */
export function entriesCommand(ledger: Command): void {
  ledger
    .command('entries')
    .description('print entries of a log that match, oldest first; memory does not grow with the log')
    .requiredOption('--log <tenant>', 'whose log')
    .option('--subject <subject>', 'about this, `incident:<id>` for one')
    .option('--actor <id>', 'done by this actor')
    .option('--action <action>', 'of this type')
    .addOption(new Option('--result <result>', 'decided so').choices(['ALLOW', 'DENY', 'STEP_UP']))
    .option('--rule <rule>', 'determined by this rule')
    .option('--from <moment>', 'from then on: RFC 3339 or a date')
    .option('--until <moment>', 'before then')
    .option('--seq <a..b>', 'from place a on and before place b; either may be left out')
    .addOption(new Option('--format <format>', 'how').choices(['table', 'jsonl', 'csv', 'cloudevents']).default('table'))
    .option('--out <file>', 'write there and not to standard output')
    .action((options: EntriesOptions) => run(() => printEntries(options)));
}

async function printEntries(options: EntriesOptions): Promise<void> {
  const log = parseLog(options.log);
  const filter = toFilter(options);
  const { env, dataDir, ledger } = loadConfig();
  const storage = await attachStorage({ databaseUrl: env.databaseUrl, databaseAppUrl: env.databaseAppUrl, dataDir });
  try {
    await write(storage.database, log, filter, formatOf(options.format, originOf(ledger.originPrefix, log)), options.out);
  } finally {
    await storage.close();
  }
}

async function write(database: Database, log: TenantId, filter: EntryFilter, format: EntryFormat, out: string | undefined): Promise<void> {
  const { pages, size, archivedBefore } = await streamEntries(database, log, filter);
  const entries = out === undefined ? await toStandardOutput(pages, format) : await toFile(pages, format, out);
  const told = [`${entries} of the ${size} entries of log ${log}${out === undefined ? '' : `, in ${out}`}`];
  if (archivedBefore > (filter.fromSeq ?? 0)) told.push(`entries before ${archivedBefore} are stored away and were not looked at`);
  process.stderr.write(told.map((line) => `${line}\n`).join(''));
}

/** One that has read enough (`| head`) ends it without complaint. */
async function toStandardOutput(pages: Parameters<typeof writeEntries>[0], format: EntryFormat): Promise<number> {
  try {
    return await writeEntries(pages, format, process.stdout, { end: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0;
    throw error;
  }
}

/** Under another name until it is whole: a file that is there has all of it. */
async function toFile(pages: Parameters<typeof writeEntries>[0], format: EntryFormat, file: string): Promise<number> {
  const partial = `${file}.partial`;
  try {
    const entries = await writeEntries(pages, format, createWriteStream(partial));
    renameSync(partial, file);
    return entries;
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function formatOf(name: EntriesOptions['format'], origin: string): EntryFormat {
  switch (name) {
    case 'jsonl':
      return jsonl;
    case 'csv':
      return csv;
    case 'cloudevents':
      return cloudEvents(origin);
    case 'table':
      return entryTable;
  }
}

function toFilter({ subject, actor, action, result, rule, from, until, seq }: EntriesOptions): EntryFilter {
  const moments = { from: parseMoment('--from', from), until: parseMoment('--until', until) };
  return { subject, actor, type: action, result, rule, ...moments, ...parsePlaces(seq) };
}

function parsePlaces(text: string | undefined): Pick<EntryFilter, 'fromSeq' | 'untilSeq'> {
  if (text === undefined) return {};
  const [, from = '', until = ''] = /^(\d{0,15})\.\.(\d{0,15})$/.exec(text) ?? [undefined, 'x'];
  if (from === 'x') {
    throw new CliError('cli.invalid_option', `--seq is \`${text}\`, which is not a stretch of places`, {
      remedy: 'write 100..200 for the entries 100 to 199, 100.. for those from 100 on',
    });
  }
  return { fromSeq: from === '' ? undefined : Number(from), untilSeq: until === '' ? undefined : Number(until) };
}
