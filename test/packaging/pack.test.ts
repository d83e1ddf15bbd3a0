import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { run } from '../../src/workbench/index.ts';

const root = join(import.meta.dirname, '../..');

/** Install scripts that a user has to allow: one fetches a Node, the other links the libraries of PostgreSQL. The rest is ours to build with. */
const { '@swc/core': _, ...allowScripts } = packageJson.allowScripts;

/** Without the folders that npm adds for our own scripts: the installed programs have to find their Node as they would for a user. */
const env = {
  ...process.env,
  NODE_COMPILE_CACHE: '', // would keep what nobody asks for again: the folder has another name every time
  PATH: String(process.env['PATH'])
    .split(delimiter)
    .filter((entry) => !entry.includes('node_modules'))
    .join(delimiter),
};

let folder: string;
let bin: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-pack-'));
  await run('npm', ['pack', '--pack-destination', folder], { cwd: root });
  const [tarball] = readdirSync(folder);
  const consumer = join(folder, 'consumer');
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ private: true, allowScripts }));
  await run('npm', ['install', '--no-audit', '--no-fund', join('..', String(tarball))], { cwd: consumer, env });
  bin = join(consumer, 'node_modules/.bin');
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(['countersign', 'ig-evidence'])('installs `%s`, which tells its version', async (program) => {
  const { stdout } = await run(join(bin, program), ['--version'], { cwd: folder, env });
  expect(stdout).toBe(`${packageJson.version}\n`);
});

it('packs no source, test or tool but the pin that OPA is built from', async () => {
  const packed = readdirSync(join(folder, 'consumer/node_modules/countersign'));
  expect(packed).toEqual(expect.arrayContaining(['bin', 'build', 'config', 'package.json', 'policies', 'schema.graphql']));
  expect(packed.filter((name) => ['src', 'test', 'bench', 'demo'].includes(name))).toEqual([]);
  expect(readdirSync(join(folder, 'consumer/node_modules/countersign/tools'))).toEqual(['opa']);
});

it('replays on threads of its own', async () => {
  const policy = join(folder, 'consumer/node_modules/countersign/policies/dist');
  writeFileSync(join(folder, 'entries.jsonl'), '{}\n');
  const { stdout } = await run(join(bin, 'countersign'), ['policy', 'replay', '--candidate', policy, '--export', folder], { env });
  expect(stdout).toContain('\n1 not replayable: the entry cannot be read, verify the log\n');
});

it('starts, is healthy, and stops cleanly on SIGTERM', async () => {
  const server = spawn(join(bin, 'countersign'), ['start'], {
    cwd: folder,
    env: { ...env, PORT: '0', COUNTERSIGN_DATA: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(server, 'close');
  try {
    const answer = await fetch(`${await addressOf(server)}/health`);
    expect(answer.status).toBe(200);
  } finally {
    server.kill('SIGTERM');
  }
  expect(await closed).toEqual([0, null]);
}, 120_000);

/** Waits for the line that names the address; a server that ends before it is a failure. */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the server has no stdout');
  const lines = createInterface({ input: stdout });
  try {
    for await (const line of lines) {
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (address !== undefined) return address;
    }
  } finally {
    // Reading goes on without anyone looking: a full pipe would stop the server.
    stdout.resume();
  }
  throw new Error('the server ended before it named its address');
}
