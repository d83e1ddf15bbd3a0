import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../src/core/index.ts';
import { StepError } from './step.ts';

/** This checkout. */
export const project = join(import.meta.dirname, '..');

export type CommandOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A file to write what it prints to; else that goes where ours goes. */
  readonly stdout?: string;
  /** A file to add to whatever else it says, instead of showing it; its end is told when the command fails. */
  readonly log?: string | undefined;
  /** Codes that are no failure. */
  readonly accept?: readonly number[];
};

/**
 * Runs a command, with what it says shown as it comes, and gives its exit code.
 *
 * @throws StepError `step.command_failed`, whose exit code is the command's
 */
export async function command(program: string, args: readonly string[], options: CommandOptions = {}): Promise<number> {
  const { accept = [0], log } = options;
  const { code, why } = await run(program, args, options);
  if (typeof code === 'number' && accept.includes(code)) return code;
  const said = log === undefined ? '' : `\n${readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n')}`;
  throw new StepError('step.command_failed', `\`${[program, ...args].join(' ')}\` failed: ${why}${said}`, {
    exitCode: typeof code === 'number' ? code : 1,
    remedy: `correct what it says${log === undefined ? ' above' : ''}, and run the step again`,
  });
}

const LAST_LINES = 30;

type Ended = { readonly code: number | null; readonly why: string };

async function run(
  program: string,
  args: readonly string[],
  { cwd = process.cwd(), env = process.env, stdout, log }: CommandOptions,
): Promise<Ended> {
  const said = log === undefined ? 'inherit' : appendable(log);
  const printed = stdout === undefined ? said : writable(stdout);
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', printed, said] });
  try {
    const [code, signal]: (number | string | null)[] = await once(child, 'close');
    return typeof code === 'number' ? { code, why: `it ended with ${code}` } : { code: null, why: `it was ended by ${signal}` };
  } catch (cause) {
    return { code: null, why: `it cannot be started: ${messageOf(cause)}` };
  } finally {
    for (const descriptor of [said, printed]) if (typeof descriptor === 'number' && descriptor !== said) closeSync(descriptor);
    if (typeof said === 'number') closeSync(said);
  }
}

function appendable(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, 'a');
}

function writable(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, 'w');
}

/** `ig-evidence` of this checkout. @throws as `command` */
export function igEvidence(args: readonly string[], options: CommandOptions = {}): Promise<number> {
  return command(process.execPath, [join(project, 'bin', 'ig-evidence.js'), ...args], options);
}
