import type { Command } from 'commander';
import { analyseCommand } from '../policy/analyse.ts';
import { decisionsCommand } from '../policy/decisions.ts';
import { diffCommand } from '../policy/diff.ts';
import { explainCommand } from '../policy/explain.ts';
import { mutateCommand } from '../policy/mutate.ts';
import { newCommand } from '../policy/new.ts';
import { publishCommand } from '../policy/publish.ts';
import { replayCommand } from '../policy/replay.ts';
import { rollbackCommand } from '../policy/rollback.ts';
import { rulesCommand } from '../policy/rules.ts';
import { shadowCommand } from '../policy/shadow.ts';
import { signCommand } from '../policy/sign.ts';
import { testCommand } from '../policy/test.ts';

/** `countersign policy …`: one file a command in ../policy. In the order of an author's work, from the first rule to its publication. */
const commands = [
  rulesCommand,
  newCommand,
  testCommand,
  mutateCommand,
  analyseCommand,
  diffCommand,
  replayCommand,
  signCommand,
  publishCommand,
  rollbackCommand,
  shadowCommand,
  explainCommand,
  decisionsCommand,
];

export function policyCommand(program: Command): void {
  const policy = program.command('policy').description('what decides: write it, try it, publish it, and look into what it decided');
  for (const add of commands) add(policy);
}
