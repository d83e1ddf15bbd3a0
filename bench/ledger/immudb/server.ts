import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { run } from '../../../src/workbench/index.ts';
import { LEAF_BYTES } from '../entries.ts';
import { type Immudb, resolveImmudb } from './build.ts';

const answerSchema = z.strictObject({ perSecond: z.number(), p50: z.number(), p99: z.number() });
export type Answer = z.infer<typeof answerSchema>;

/** Clients at once; `syncMilliseconds` is how long a transaction may wait for others before the sync (0: as the server comes). */
export type ImmudbTurn = {
  readonly clients: number;
  readonly syncMilliseconds: number;
  readonly warmSeconds: number;
  readonly seconds: number;
};

/** An immudb server with durable (`synced`) commits on loopback, and sets of single keys in sessions of its own Go client. */
export class ImmudbServer {
  readonly #binaries: Immudb;
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #folder: string;

  private constructor(binaries: Immudb, child: ChildProcess, port: number, folder: string) {
    this.#binaries = binaries;
    this.#child = child;
    this.#port = port;
    this.#folder = folder;
  }

  static async start(folder: string): Promise<ImmudbServer> {
    const binaries = await resolveImmudb();
    const [port, dir] = [await freePort(), join(folder, 'immudb')];
    mkdirSync(dir, { recursive: true });
    const off = ['pgsql', 'web', 'metrics'].map((part) => `--${part}-server=false`);
    const args = ['--dir', dir, '--address', '127.0.0.1', '--port', String(port), '--max-sessions', '400', '--synced', ...off];
    const child = spawn(binaries.server, args, { stdio: 'ignore' });
    await listening(port, child);
    return new ImmudbServer(binaries, child, port, folder);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Plain `Set`: the client is spared the verification of the server's proof. */
  async take({ clients, syncMilliseconds, warmSeconds, seconds }: ImmudbTurn): Promise<Answer> {
    const { stdout } = await run(this.#binaries.client, [
      ...['-port', String(this.#port), '-clients', String(clients), '-bytes', String(LEAF_BYTES)],
      ...['-warm', `${warmSeconds}s`, '-time', `${seconds}s`, '-sync-ms', String(syncMilliseconds), '-state', join(this.#folder, 'state')],
    ]);
    return answerSchema.parse(JSON.parse(stdout));
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    if (this.#child.exitCode !== null || !this.#child.kill('SIGKILL')) return; // what it wrote is thrown away
    await ended;
  }
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await delay(50)) {
    if (child.exitCode !== null) throw new Error(`immudb ended with ${child.exitCode}`);
    if (await canConnect(port)) return;
  }
  child.kill('SIGKILL');
  throw new Error('immudb did not listen within 30 s');
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
