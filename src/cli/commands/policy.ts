import type { Command } from 'commander';
import { addCommands, type Commands } from '../lazy.ts';

/** `countersign policy …`: one file a command in ../policy. In the order of an author's work, from the first rule to its publication. */
const commands: Commands = {
  rules: async () => (await import('../policy/rules.ts')).rulesCommand,
  new: async () => (await import('../policy/new.ts')).newCommand,
  test: async () => (await import('../policy/test.ts')).testCommand,
  mutate: async () => (await import('../policy/mutate.ts')).mutateCommand,
  analyse: async () => (await import('../policy/analyse.ts')).analyseCommand,
  diff: async () => (await import('../policy/diff.ts')).diffCommand,
  replay: async () => (await import('../policy/replay.ts')).replayCommand,
  sign: async () => (await import('../policy/sign.ts')).signCommand,
  publish: async () => (await import('../policy/publish.ts')).publishCommand,
  rollback: async () => (await import('../policy/rollback.ts')).rollbackCommand,
  shadow: async () => (await import('../policy/shadow.ts')).shadowCommand,
  explain: async () => (await import('../policy/explain.ts')).explainCommand,
  decisions: async () => (await import('../policy/decisions.ts')).decisionsCommand,
};

export function policyCommand(program: Command, args: readonly string[]): Promise<void> {
  const policy = program.command('policy').description('what decides: write it, try it, publish it, and look into what it decided');
  return addCommands(policy, commands, args);
}
