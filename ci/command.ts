import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../src/core/index.ts';
import { StepError } from './step.ts';

/** This checkout. */
export const project = join(import.meta.dirname, '..');

export type CommandOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A file to write what it prints to; else that goes where ours goes. */
  readonly stdout?: string;
  /** Codes that are no failure. */
  readonly accept?: readonly number[];
};

/**
 * Runs a command, with what it says shown as it comes, and gives its exit code.
 *
 * @throws StepError `step.command_failed`, whose exit code is the command's
 */
export async function command(program: string, args: readonly string[], options: CommandOptions = {}): Promise<number> {
  const { cwd = process.cwd(), env = process.env, stdout, accept = [0] } = options;
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', stdout === undefined ? 'inherit' : 'pipe', 'inherit'] });
  const ended = once(child, 'close').catch((cause: unknown) => {
    throw failed(program, args, `it cannot be started: ${messageOf(cause)}`, 1);
  });
  if (stdout !== undefined && child.stdout !== null) {
    mkdirSync(dirname(stdout), { recursive: true });
    await Promise.all([ended, pipeline(child.stdout, createWriteStream(stdout))]);
  }
  const [code, signal]: (number | string | null)[] = await ended;
  if (typeof code === 'number' && accept.includes(code)) return code;
  throw failed(program, args, `it ended with ${code ?? signal}`, typeof code === 'number' ? code : 1);
}

/** `ig-evidence` of this checkout. @throws as `command` */
export function igEvidence(args: readonly string[], options: CommandOptions = {}): Promise<number> {
  return command(process.execPath, [join(project, 'bin', 'ig-evidence.js'), ...args], options);
}

function failed(program: string, args: readonly string[], why: string, exitCode: number): StepError {
  return new StepError('step.command_failed', `\`${[program, ...args].join(' ')}\` failed: ${why}`, {
    exitCode,
    remedy: 'correct what it says above, and run the step again',
  });
}
