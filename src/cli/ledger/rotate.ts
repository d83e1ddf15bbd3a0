import { join } from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { addKey } from '../../ledger/index.ts';
import { CliError } from '../errors.ts';
import { print, run } from '../report.ts';

/** `countersign ledger rotate-key`. */
export function rotateCommand(ledger: Command): void {
  ledger
    .command('rotate-key')
    .description('put a new signing key before those in the key file; gateways hand their logs over when they are restarted')
    .action(() => run(async () => rotate()));
}

function rotate(): void {
  const { env, dataDir } = loadConfig();
  if (env.ledgerKey !== undefined) {
    throw new CliError('cli.invalid_option', 'the key is in the variable LEDGER_KEY, which no command can change', {
      remedy: 'put a new PEM before the one it holds, and restart the gateways with it',
    });
  }
  const file = env.ledgerKeyFile ?? join(dataDir, 'ledger.pem');
  addKey(file);
  print(`${file} has a new key before the former one: give it to every gateway and restart them, one after the other`);
}
