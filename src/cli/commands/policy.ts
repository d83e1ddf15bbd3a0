import type { Command } from 'commander';
import { analyseCommand } from '../policy/analyse.ts';
import { decisionsCommand } from '../policy/decisions.ts';
import { diffCommand } from '../policy/diff.ts';
import { explainCommand } from '../policy/explain.ts';
import { publishCommand } from '../policy/publish.ts';
import { replayCommand } from '../policy/replay.ts';
import { rollbackCommand } from '../policy/rollback.ts';
import { rulesCommand } from '../policy/rules.ts';
import { shadowCommand } from '../policy/shadow.ts';
import { signCommand } from '../policy/sign.ts';

/** `countersign policy …`: one file a command in ../policy. */
const commands = [
  rulesCommand,
  analyseCommand,
  diffCommand,
  explainCommand,
  replayCommand,
  decisionsCommand,
  shadowCommand,
  signCommand,
  publishCommand,
  rollbackCommand,
];

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('what decides: look into it, into what it decided, and change it');
  for (const add of commands) add(policy);
}
