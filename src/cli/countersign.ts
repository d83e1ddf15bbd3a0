import { Command, CommanderError } from 'commander';
import { ledgerCommand } from './commands/ledger.ts';
import { policyCommand } from './commands/policy.ts';
import { receiptCommand } from './commands/receipt.ts';
import { startCommand } from './commands/start.ts';
import { tokenCommand } from './commands/token.ts';
import { vaultCommand } from './commands/vault.ts';
import { witnessCommand } from './commands/witness.ts';
import { exitCode } from './report.ts';
import { packageVersion } from './version.ts';

const program = new Command('countersign')
  .description('policy-as-code governance gateway for incident response')
  .version(packageVersion())
  .exitOverride();
const commands = [startCommand, tokenCommand, ledgerCommand, receiptCommand, policyCommand, vaultCommand, witnessCommand];
for (const add of commands) add(program);
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : exitCode.usage; // commander has said what is wrong
}
