import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { endServer } from './folders.ts';

type Ready = { readonly folder: string; readonly postmaster: number; readonly ownerUrl: string; readonly appUrl: string };
type Said = { readonly ready?: Ready; readonly error?: { readonly code: string; readonly message: string } };

export type GatewayProcess = {
  readonly pid: number;
  /** The one line it said: that it is ready, or why it is not. */
  readonly said: Said;
  /** kill -9, and waits for the end. */
  kill(): Promise<void>;
  /** Lets it close its storage and end by itself. */
  end(): Promise<void>;
};

/** Starts gateway-process.ts on a folder, as another user if asked, and waits for what it says; it ends with the test at the latest. */
export async function startGateway(dataDir: string, as: { uid?: number; gid?: number } = {}): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('gateway-process.ts', import.meta.url)), dataDir], {
    ...as,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = await firstLine(child, exited);
  onTestFinished(() => endServer(said.ready?.folder ?? ''));
  return {
    pid: child.pid ?? 0,
    said,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

async function firstLine(child: ChildProcess, exited: Promise<unknown[]>): Promise<Said> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  while (!text.includes('\n')) {
    const [what] = await Promise.race([once(child.stdout ?? child, 'data').then(() => ['data']), exited.then(() => ['exit'])]);
    if (what === 'exit' && !text.includes('\n')) throw new Error(`the gateway process ended without a word: ${text}`);
  }
  return JSON.parse(text.slice(0, text.indexOf('\n')));
}
