import type { Command } from 'commander';
import { rulesCommand } from '../policy/rules.ts';

/** `countersign policy …`: one file a command in ../policy. */
const commands = [rulesCommand];

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('look into the compiled policy');
  for (const add of commands) add(policy);
}
