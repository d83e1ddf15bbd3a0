import { Command, CommanderError } from 'commander';
import { addCommands, type Commands } from './lazy.ts';
import { exitCode } from './report.ts';
import { packageVersion } from './version.ts';

const commands: Commands = {
  start: async () => (await import('./commands/start.ts')).startCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  ledger: async () => (await import('./commands/ledger.ts')).ledgerCommand,
  receipt: async () => (await import('./commands/receipt.ts')).receiptCommand,
  policy: async () => (await import('./commands/policy.ts')).policyCommand,
  vault: async () => (await import('./commands/vault.ts')).vaultCommand,
  witness: async () => (await import('./commands/witness.ts')).witnessCommand,
};

const program = new Command('countersign')
  .description('policy-as-code governance gateway for incident response')
  .version(packageVersion())
  .exitOverride();
await addCommands(program, commands, process.argv.slice(2));
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : exitCode.usage; // commander has said what is wrong
}
