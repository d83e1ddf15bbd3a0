import type { Command } from 'commander';
import { addCommands, type Commands } from '../lazy.ts';

const archive = async () => (await import('./ledger-archive.ts')).archiveCommands;

/** `countersign ledger …`: one file a command in ../ledger. */
const commands: Commands = {
  entries: async () => (await import('./ledger-entries.ts')).entriesCommand,
  export: async () => (await import('../ledger/export.ts')).exportCommand,
  verify: async () => (await import('../ledger/verify.ts')).verifyCommand,
  watch: async () => (await import('../ledger/watch.ts')).watchCommand,
  'rotate-key': async () => (await import('../ledger/rotate.ts')).rotateCommand,
  archive,
  restore: archive,
};

export function ledgerCommand(program: Command, args: readonly string[]): Promise<void> {
  const ledger = program.command('ledger').description('query and export a log, verify one, and watch that it is only ever appended to');
  return addCommands(ledger, commands, args);
}
