import type { Command } from 'commander';
import { analyseCommand } from '../policy/analyse.ts';
import { diffCommand } from '../policy/diff.ts';
import { rulesCommand } from '../policy/rules.ts';

/** `countersign policy …`: one file a command in ../policy. */
const commands = [rulesCommand, analyseCommand, diffCommand];

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('look into the compiled policy');
  for (const add of commands) add(policy);
}
