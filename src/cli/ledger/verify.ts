import { type Command, Option } from 'commander';
import { systemClock } from '../../core/index.ts';
import { type LogReport, type LogSource, openDatabase, openSource, verifyLog } from '../../ledger/verify/index.ts';
import { CliError } from '../errors.ts';
import { interruptible } from '../interrupt.ts';
import { parseLog } from '../options.ts';
import { progressOn } from '../progress.ts';
import { exitCode, lines, print, run } from '../report.ts';
import { collect, keyOf, parseWhole, readText, readTexts, refused, type WitnessOptions, witnessPolicy } from './read.ts';
import { writeTextfile } from './textfile.ts';

type Options = WitnessOptions & {
  readonly key?: string;
  readonly since: readonly string[];
  readonly database?: string;
  readonly log?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly cache?: string;
  readonly state?: string;
  readonly workers?: string;
  readonly textfile?: string;
  readonly json: boolean;
};

const MAX_WORKERS = 64;

/** `countersign ledger verify`: a whole log, from files, from an address, or from its tables. */
export function verifyCommand(ledger: Command): void {
  ledger
    .command('verify')
    .description('verify a whole log: form, order, chain, tree, signatures; an export needs no network and no database')
    .argument('[place]', 'a folder that `ledger export` wrote, or the address of a served log')
    .option(
      '--key <vkey>',
      'the verifier key (or a file with it) that was handed to you earlier; without it the one that comes along is used',
    )
    .option(
      '--since <path>',
      'a checkpoint kept from earlier, or a folder of them: the log must continue each; may be repeated',
      collect,
      [],
    )
    .option('--witness <vkey>', 'a witness whose cosignature counts (or a file with its key); may be repeated', collect, [])
    .option('--quorum <number>', 'how many of the witnesses must have signed; all of them without it')
    .option('--database <url>', 'read the tables, as the role that owns them; with --log')
    .option('--log <tenant>', 'whose log, with --database')
    .option('--token <token>', 'bearer token for an address')
    .addOption(new Option('--token-file <file>', 'the file that holds it').conflicts('token'))
    .option('--cache <folder>', 'keep full tiles of an address here')
    .option('--state <file>', 'keep what was verified here, and go on from there the next time')
    .option('--workers <number>', 'threads; one a core without it')
    .option('--textfile <file>', 'write the result for the textfile collector of node_exporter')
    .option('--json', 'print the report as JSON', false)
    .action((place: string | undefined, options: Options) => run(() => interruptible((signal) => verify(place, options, signal))));
}

async function verify(place: string | undefined, options: Options, signal: AbortSignal): Promise<void> {
  const source = await sourceOf(place, options);
  try {
    const report = await reportOf(source, options, signal).catch((error: unknown) => {
      if (!signal.aborted) return refused(error, options.json);
      process.exitCode = exitCode.interrupted;
      return undefined;
    });
    if (!signal.aborted) tellCollector(place ?? `database:${options.log ?? ''}`, report, options.textfile);
    if (report === undefined) return;
    if (report.faults.length > 0) process.exitCode = exitCode.failed;
    print(options.json ? JSON.stringify(report, null, 2) : describe(report));
  } finally {
    await source.close();
  }
}

/** A log whose checkpoint is refused is not whole either. */
function tellCollector(place: string, report: LogReport | undefined, file: string | undefined): void {
  if (file === undefined) return;
  writeTextfile(file, { place, ok: report?.faults.length === 0, entries: report?.entries ?? 0, at: systemClock.now() });
}

async function reportOf(source: LogSource, options: Options, signal: AbortSignal): Promise<LogReport> {
  const progress = progressOn(process.stderr);
  const started = performance.now();
  try {
    return await verifyLog(source, {
      key: options.key === undefined ? undefined : keyOf(options.key),
      since: options.since.flatMap(readTexts),
      witnesses: witnessPolicy(options),
      workers: options.workers === undefined ? undefined : parseWhole('--workers', options.workers, MAX_WORKERS),
      state: options.state,
      signal,
      onProgress: (done, total) => {
        const rate = Math.round((1_000 * done) / (performance.now() - started));
        if (total > 0) progress.tell(Math.min(done, total), total, `${rate} entries/s`);
      },
    });
  } finally {
    progress.end();
  }
}

function sourceOf(place: string | undefined, options: Options): Promise<LogSource> {
  const { database, log, token, tokenFile, cache } = options;
  if (database !== undefined && log !== undefined && place === undefined) return openDatabase(database, parseLog(log));
  if (place === undefined || database !== undefined || log !== undefined) {
    throw new CliError('cli.invalid_option', 'it is not clear which log is meant', {
      remedy: 'name a folder, or an address, or --database with --log',
    });
  }
  return openSource(place, { token: tokenFile === undefined ? token : readText(tokenFile).trim(), cache });
}

function describe(report: LogReport): string {
  const head = `log ${report.log}: ${report.entries} entries, checkpoint for ${report.checkpointSize}, root ${report.root}`;
  const ok = 'ok: every entry is there, unaltered and in order, and the signature is valid';
  return lines([
    head,
    ...(report.resumedAt > 0 ? [`note: the first ${report.resumedAt} entries were verified before`] : []),
    ...report.witnesses.map(({ name, time }) => `witnessed by ${name} at ${new Date(time * 1_000).toISOString()}`),
    ...report.notes.map((note) => `note: ${note.message}`),
    ...report.faults.map((fault) => `FAULT ${fault.kind}: ${fault.message}`),
    ...(report.faults.length === 0 ? [ok] : []),
    ...(report.keySource === 'export' ? [keyHint] : []),
  ]);
}

const keyHint =
  'note: the key came with the log; give --key with the one handed to you earlier to prove more than that it agrees with itself';
