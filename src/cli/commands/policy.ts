import type { Command } from 'commander';
import { decisionsCommand } from '../policy/decisions.ts';
import { explainCommand } from '../policy/explain.ts';
import { replayCommand } from '../policy/replay.ts';
import { rulesCommand } from '../policy/rules.ts';

/** `countersign policy …`: one file a command in ../policy. */
const commands = [rulesCommand, explainCommand, replayCommand, decisionsCommand];

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('look into the compiled policy, and into what it decided');
  for (const add of commands) add(policy);
}
