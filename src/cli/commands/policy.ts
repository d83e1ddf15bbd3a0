import type { Command } from 'commander';
import { replayCommand } from '../policy/replay.ts';
import { rulesCommand } from '../policy/rules.ts';

/** `countersign policy …`: one file a command in ../policy. */
const commands = [rulesCommand, replayCommand];

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('look into the compiled policy, and into what it decided');
  for (const add of commands) add(policy);
}
