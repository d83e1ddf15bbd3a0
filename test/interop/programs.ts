import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type InteropProgram, resolveInterop } from '../../tools/interop.ts';
import { eventually } from '../support/deadline.ts';

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a program of test/interop to its end. */
export async function runInterop(program: InteropProgram, args: readonly string[]): Promise<Ended> {
  const child = spawn(join(await resolveInterop(), program), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

export type Started = { readonly child: ChildProcess; said(pattern: RegExp): Promise<string>; stop(): Promise<void> };

/** Starts a program of test/interop that runs until it is stopped. */
export async function startInterop(program: InteropProgram, args: readonly string[], cwd: string): Promise<Started> {
  const child = spawn(join(await resolveInterop(), program), args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let heard = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (heard += chunk));
  const closed = once(child, 'close');
  return {
    child,
    /** The first group of the pattern, once the program has said it. */
    said: (pattern) =>
      eventually(`${program} says ${pattern}`, () => {
        const found = pattern.exec(heard)?.[1];
        if (found === undefined && child.exitCode !== null) throw new Error(`${program} ended: ${heard}`);
        return found;
      }),
    stop: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
