import { type Command, Option } from 'commander';
import { z } from 'zod';
import { loadConfig } from '../../config/index.ts';
import { listLogs } from '../../ledger/index.ts';
import { attachStorage, type Database } from '../../storage/index.ts';
import { readMasterKeys, Vault } from '../../vault/index.ts';
import { databaseRecords, exportRecords, type Records } from '../../workbench/index.ts';
import { CliError } from '../errors.ts';
import { parseLog } from '../options.ts';

/** Where a command reads recorded decisions from. */
export type RecordsOptions = { readonly log?: string; readonly export?: string };

/** `--log` and `--export`, of which at most one is given. */
export function withRecordsOptions(command: Command): Command {
  return command
    .option('--log <tenant>', 'only this log; without it every log of the database')
    .addOption(new Option('--export <folder>', 'read what `ledger export` wrote, not the database').conflicts('log'));
}

/** Runs `work` on the records asked for; the database is attached to for as long, and may serve a running gateway. */
export async function withRecords<T>(options: RecordsOptions, work: (records: Records, database?: Database) => Promise<T>): Promise<T> {
  if (options.export !== undefined) return work(await exportRecords(options.export));
  const log = options.log === undefined ? undefined : parseLog(options.log);
  const config = loadConfig();
  const { env, dataDir } = config;
  const vault = new Vault(readMasterKeys(config));
  const storage = await attachStorage({ databaseUrl: env.databaseUrl, databaseAppUrl: env.databaseAppUrl, dataDir });
  try {
    if (log !== undefined && !(await listLogs(storage.ownerUrl)).includes(log)) {
      throw new CliError('cli.invalid_option', `there is no log \`${log}\` in ${storage.description}`, {
        remedy: 'name one that has entries, or leave --log out to read them all',
      });
    }
    return await work(databaseRecords(storage, vault, log), storage.database);
  } finally {
    await storage.close();
  }
}

const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** A moment given as an option: RFC 3339, or a date, which begins at midnight UTC. */
export function parseMoment(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  if (moment.safeParse(text).success) return new Date(text);
  throw new CliError('cli.invalid_option', `${name} is \`${text}\`, which is not a moment`, {
    remedy: 'write 2026-03-01 or 2026-03-01T12:00:00Z',
  });
}
