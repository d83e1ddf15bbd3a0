import { type Command, Option } from 'commander';
import { systemClock, type TenantId } from '../../core/index.ts';
import {
  type ArchiveParts,
  archiveCut,
  carryOut,
  checkSegment,
  originOf,
  readSegmentLog,
  restoreArchive,
  writeSegment,
} from '../../ledger/index.ts';
import { CliError } from '../errors.ts';
import { type OpenLedger, withLedger } from '../ledger/with-ledger.ts';
import { parseLog } from '../options.ts';
import { parseMoment } from '../policy/records.ts';
import { print, run } from '../report.ts';

type WriteOptions = {
  readonly log: string;
  readonly beforeSeq?: string;
  readonly before?: string;
  readonly out: string;
  readonly carryOut: boolean;
};

/** `countersign ledger archive` and `restore`. */
export function archiveCommands(ledger: Command): void {
  ledger
    .command('archive')
    .description(
      'store the oldest entries of a log away as files; with --carry-out, and allowed by archiveLedger, take them out of the database',
    )
    .requiredOption('--log <tenant>', 'whose log')
    .option('--before-seq <seq>', 'the first entry that stays; a multiple of 256')
    .addOption(new Option('--before <moment>', 'what is older, as far as it fills multiples of 256').conflicts('beforeSeq'))
    .requiredOption('--out <folder>', 'the archive')
    .option('--carry-out', 'delete from the database what the archive in --out holds', false)
    .action((options: WriteOptions) => run(() => (options.carryOut ? carryOutArchive(options) : archive(options))));
  ledger
    .command('restore')
    .description('bring the entries of the newest archive of a log back, byte for byte')
    .requiredOption('--archive <folder>', 'what `ledger archive` wrote')
    .action((options: { archive: string }) => run(() => restore(options.archive)));
}

async function archive(options: WriteOptions): Promise<void> {
  const log = parseLog(options.log);
  await withLedger(async ({ storage, ledger, originPrefix }) => {
    const to = await cutOf(storage.database, log, options);
    await writeSegment(storage.database, { log, origin: originOf(originPrefix, log), to }, options.out);
    const { manifest, digest } = await checkSegment(options.out, ledger.verifierKey(log));
    print(`wrote entries ${manifest.from} to ${to - 1} of log ${log} to ${options.out} and checked them from there
archive.json ${digest}
Nothing has left the database. To let it, an org-admin allows it:
  mutation { archiveLedger(input: {beforeSeq: ${to}, manifestDigest: "${digest}", justification: "…"}) { decision { result explanation } } }
and then: countersign ledger archive --log ${log} --out ${options.out} --carry-out`);
  });
}

async function carryOutArchive({ log, out }: WriteOptions): Promise<void> {
  const named = parseLog(log);
  await assertLog(out, named);
  await withLedger(async (open) => {
    const { segment, deleted } = await carryOut(partsOf(open), out, open.ledger.verifierKey(named));
    print(
      `deleted ${deleted} entries of log ${named}; those before ${segment.manifest.to} are in ${out} now. Keep it in more than one place`,
    );
  });
}

async function restore(folder: string): Promise<void> {
  const log = await readSegmentLog(folder);
  await withLedger(async (open) => {
    const { segment, inserted } = await restoreArchive(partsOf(open), folder, open.ledger.verifierKey(log));
    print(`restored ${inserted} entries of log ${log}, from ${segment.manifest.from} to ${segment.manifest.to - 1}`);
  });
}

function partsOf({ storage, ledger }: OpenLedger): ArchiveParts {
  return { database: storage.database, ownerUrl: storage.ownerUrl, ledger, now: () => systemClock.now() };
}

async function assertLog(folder: string, log: TenantId): Promise<void> {
  const found = await readSegmentLog(folder);
  if (found === log) return;
  throw new CliError('cli.invalid_option', `\`${folder}\` is an archive of log \`${found}\`, --log is \`${log}\``, {
    remedy: 'name the folder or the log that is meant',
  });
}

async function cutOf(database: Parameters<typeof archiveCut>[0], log: TenantId, { beforeSeq, before }: WriteOptions): Promise<number> {
  const moment = parseMoment('--before', before);
  if (moment !== undefined) return archiveCut(database, log, moment);
  if (beforeSeq !== undefined && /^\d{1,15}$/.test(beforeSeq)) return Number(beforeSeq);
  throw new CliError('cli.invalid_option', beforeSeq === undefined ? 'where to cut is not said' : `--before-seq is \`${beforeSeq}\``, {
    remedy: 'give --before-seq <number> or --before <moment>',
  });
}
