import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../src/config/index.ts';
import { eventually } from './deadline.ts';

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** `countersign …` as a person runs it: the program in bin/, in a process of its own, with nothing of this one's environment but PATH and where Node keeps what it compiled. */
export function runCountersign(args: readonly string[], env: { readonly [name: string]: string }, cwd: string) {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'countersign.js'), ...args], {
    cwd,
    env: { PATH, NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const ended: Promise<Ended> = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], stdout, stderr]) => ({ code, signal, stdout, stderr }),
  );
  return {
    /** The first group of the pattern, once it has said that on its standard output. */
    said: (pattern: RegExp): Promise<string> =>
      eventually(`countersign says ${pattern}`, async () => {
        if (child.exitCode !== null) throw new Error(`countersign ended: ${(await ended).stderr}`);
        return pattern.exec(said)?.[1];
      }),
    /** Where it listens, once it says so. */
    listening: async (): Promise<{ url: string; issuer: string }> => {
      const [url, issuer] = await eventually('countersign listens', async () => {
        if (child.exitCode !== null) throw new Error(`countersign ended: ${(await ended).stderr}`);
        const found = [/countersign listens on (\S+)/, /dev issuer (\S+)/].map((pattern) => pattern.exec(said)?.[1]);
        return found.every((part) => part !== undefined) ? found : undefined;
      });
      return { url: url ?? '', issuer: issuer ?? '' };
    },
    /** Ends with what it said; killed, and then failing the test, when it takes longer than `milliseconds`. */
    endsWithin: async (milliseconds: number): Promise<Ended> => {
      const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
      try {
        return await ended;
      } finally {
        clearTimeout(timer);
      }
    },
    kill: async (signal: NodeJS.Signals): Promise<Ended> => {
      child.kill(signal);
      return ended;
    },
  };
}
