import type { Command } from 'commander';
import { type Config, loadConfig } from '../../config/index.ts';
import { systemClock } from '../../core/index.ts';
import { sealRows } from '../../privacy/index.ts';
import { attachStorage, type Storage } from '../../storage/index.ts';
import { listKeyTenants, readMasterKeys, rotate, Vault } from '../../vault/index.ts';
import { writeDisclosures } from '../../workbench/index.ts';
import { parseLog } from '../options.ts';
import { exitCode, lines, print, run } from '../report.ts';

/** `countersign vault …`: the keys of what people write. */
export function vaultCommand(program: Command): void {
  const vault = program.command('vault').description('keys of what people write: change the master key, seal what is plain, disclose');
  vault
    .command('rotate')
    .description('wrap every data key under the newest master key; exit code 1 while an older one is still needed')
    .option('--json', 'print the report as JSON', false)
    .action(({ json }: { json: boolean }) => run(() => rotateAll(json)));
  vault
    .command('seal')
    .description('seal what rows still hold in plain text from before there was a vault')
    .action(() => run(sealAll));
  vault
    .command('disclose')
    .description('add what people wrote, as far as it is not erased, to a folder that `ledger export` wrote')
    .requiredOption('--log <tenant>', 'whose log')
    .requiredOption('--out <folder>', 'the folder')
    .action((options: { log: string; out: string }) => run(() => disclose(options)));
}

async function rotateAll(json: boolean): Promise<void> {
  const report = await withStorage(async (storage, config) =>
    rotate(storage.database, readMasterKeys(config), await listKeyTenants(storage.ownerUrl)),
  );
  const remaining = Object.entries(report.remaining);
  if (remaining.length > 0) process.exitCode = exitCode.failed;
  const told = lines([
    `${report.rewrapped} data keys are now wrapped by the newest master key`,
    ...(remaining.length === 0 ? ['no other is needed: take the older ones out of the key file and destroy them'] : []),
    ...remaining.map(
      ([id, count]) => `${count} still need the master key ${id}: restart the gateways with the new key file, then run this again`,
    ),
  ]);
  print(json ? JSON.stringify(report, null, 2) : told);
}

async function sealAll(): Promise<void> {
  const sealed = await withStorage((storage, config) => sealRows(storage, new Vault(readMasterKeys(config)), systemClock.now()));
  print(`sealed ${sealed} texts; see docs/privacy.md for what pages, write-ahead logs and backups still hold`);
}

async function disclose({ log, out }: { log: string; out: string }): Promise<void> {
  const of = parseLog(log);
  const written = await withStorage(({ database }, config) => writeDisclosures(database, new Vault(readMasterKeys(config)), of, out));
  print(`wrote ${written} disclosures of log ${of} to ${out}`);
}

async function withStorage<T>(work: (storage: Storage, config: Config) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const { databaseUrl, databaseAppUrl } = config.env;
  const storage = await attachStorage({ databaseUrl, databaseAppUrl, dataDir: config.dataDir });
  try {
    return await work(storage, config);
  } finally {
    await storage.close();
  }
}
