import type { Command } from 'commander';
import { exportCommand } from '../ledger/export.ts';
import { rotateCommand } from '../ledger/rotate.ts';
import { verifyCommand } from '../ledger/verify.ts';
import { watchCommand } from '../ledger/watch.ts';
import { archiveCommands } from './ledger-archive.ts';
import { entriesCommand } from './ledger-entries.ts';

/** `countersign ledger …`: one file a command in ../ledger. */
const commands = [entriesCommand, exportCommand, verifyCommand, watchCommand, rotateCommand, archiveCommands];

export function ledgerCommand(program: Command): void {
  const ledger = program.command('ledger').description('query and export a log, verify one, and watch that it is only ever appended to');
  for (const add of commands) add(ledger);
}
