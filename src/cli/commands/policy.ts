import type { Command } from 'commander';
import { publishCommand } from '../policy/publish.ts';
import { rollbackCommand } from '../policy/rollback.ts';
import { rulesCommand } from '../policy/rules.ts';
import { shadowCommand } from '../policy/shadow.ts';
import { signCommand } from '../policy/sign.ts';

/** `countersign policy …`: one file a command in ../policy. */
const commands = [rulesCommand, signCommand, publishCommand, rollbackCommand, shadowCommand];

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('what decides: look into it, change it');
  for (const add of commands) add(policy);
}
