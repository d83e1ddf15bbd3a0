import type { Command } from 'commander';
import { mutateCommand } from '../policy/mutate.ts';
import { newCommand } from '../policy/new.ts';
import { rulesCommand } from '../policy/rules.ts';
import { testCommand } from '../policy/test.ts';

/** `countersign policy …`: one file a command in ../policy. */
const commands = [rulesCommand, newCommand, testCommand, mutateCommand];

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('look into the compiled policy, write and test its sources');
  for (const add of commands) add(policy);
}
