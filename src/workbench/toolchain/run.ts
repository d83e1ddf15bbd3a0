import { spawn } from 'node:child_process';
import { messageOf } from '../../core/index.ts';
import { ToolError } from '../errors.ts';

export type Output = { readonly stdout: string; readonly stderr: string };
/** What a program wrote and how it ended: its exit code, or the signal that ended it. */
export type Ended = Output & { readonly code: number | string };
export type RunOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMilliseconds?: number;
  /** Ends the program when it is aborted; the promise is then rejected with `tool.failed`. */
  readonly signal?: AbortSignal;
};

/**
 * Runs a program to its end and gives back what it wrote.
 *
 * @throws ToolError `tool.failed` when it cannot start or exits with anything but 0; the message carries its output.
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Output> {
  const { code, stdout, stderr } = await attempt(file, args, options);
  if (code === 0) return { stdout, stderr };
  const said = [stdout, stderr].map((text) => text.trim()).filter((text) => text !== '');
  throw new ToolError('tool.failed', [`\`${[file, ...args].join(' ')}\` ended with ${code}`, ...said].join('\n'));
}

/** Like `run`, for programs whose exit code is an answer. @throws ToolError `tool.failed` when it cannot start */
export function attempt(file: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    timeout: options.timeoutMilliseconds,
    signal: options.signal,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.on('error', (cause) => reject(new ToolError('tool.failed', `cannot run \`${file}\`: ${messageOf(cause)}`, { cause })));
  child.on('close', (code, signal) =>
    resolve({ code: code ?? signal ?? 'no code', stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
  );
  return promise;
}
