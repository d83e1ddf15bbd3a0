import { spawn } from 'node:child_process';
import { messageOf } from '../../core/index.ts';
import { ToolError } from '../errors.ts';

export type Output = { readonly stdout: string; readonly stderr: string };
export type RunOptions = { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly timeoutMilliseconds?: number };

/**
 * Runs a program to its end and gives back what it wrote.
 *
 * @throws ToolError `tool.failed` when it cannot start or exits with anything but 0; the message carries its output.
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Output> {
  const { code, stdout, stderr } = await finish(file, args, options);
  if (code === 0) return { stdout, stderr };
  const said = [stdout, stderr].map((text) => text.trim()).filter((text) => text !== '');
  throw new ToolError('tool.failed', [`\`${[file, ...args].join(' ')}\` ended with ${code}`, ...said].join('\n'));
}

function finish(file: string, args: readonly string[], options: RunOptions): Promise<Output & { code: number | string }> {
  const { promise, resolve, reject } = Promise.withResolvers<Output & { code: number | string }>();
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    timeout: options.timeoutMilliseconds,
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
