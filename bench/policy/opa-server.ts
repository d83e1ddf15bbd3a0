import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type RequestOptions, request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { notSources, resolveTool } from '../../src/workbench/index.ts';
import type { BenchInput } from '../inputs.ts';

export type OpaServer = { readonly port: number; readonly stop: () => Promise<void> };
/** Microseconds a request, and how many a second all clients together had answered. */
export type Load = { readonly times: readonly number[]; readonly perSecond: number };

/** OPA's own server on loopback, deciding from the sources in `folder`: topdown, with its rule index. */
export async function startOpa(folder: string): Promise<OpaServer> {
  const port = await freePort();
  const ignored = [...notSources, '*_test.rego'].flatMap((name) => ['--ignore', name]);
  const args = ['run', '--server', '--addr', `127.0.0.1:${port}`, '--log-level', 'error', '--skip-version-check', ...ignored];
  const child = spawn(await resolveTool('opa'), [...args, '--bundle', '.'], { cwd: folder, stdio: 'ignore' });
  await healthy(port, child);
  return { port, stop: () => stop(child) };
}

async function healthy(port: number, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(50)) {
    if (child.exitCode !== null) throw new Error(`OPA ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (answer?.ok === true) return;
  }
  child.kill('SIGKILL');
  throw new Error('OPA did not answer within 30 s');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** `clients` callers at once, each with a connection that is kept, until `total` decisions are made; the inputs go round. */
export async function load(port: number, clients: number, total: number, inputs: readonly BenchInput[]): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const options = { agent, port, host: '127.0.0.1', path: '/v1/data/main/decision', method: 'POST' };
  const times: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    for (let turn = next++; turn < total; turn = next++) {
      const one = inputs[turn % inputs.length];
      if (one === undefined) return;
      const started = process.hrtime.bigint();
      assertRight(one, await post(options, JSON.stringify({ input: one.input })));
      times.push(Number(process.hrtime.bigint() - started) / 1_000);
    }
  };
  const started = process.hrtime.bigint();
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  agent.destroy();
  return { times, perSecond: times.length / seconds };
}

function assertRight({ name, result }: BenchInput, answer: string): void {
  const said = JSON.parse(answer)?.result?.result;
  if (said !== result) throw new Error(`OPA says ${said} to \`${name}\`, expected is ${result}`);
}

function post(options: RequestOptions, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ ...options, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
