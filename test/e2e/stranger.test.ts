import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packBundle } from '../../src/evidence/index.ts';
import { resolveTool, run } from '../../src/workbench/index.ts';
import { temporaryFolder, writeSigned } from '../evidence/fixture.ts';
import { type Offline, offlineShell } from '../support/offline.ts';

/** Somebody has the archive, and got two public keys on another way: nothing else, and no network. */
const root = temporaryFolder();
const given = join(root.path, 'given');
const unpacked = 'evidence-v1.2.3';
const project = join(import.meta.dirname, '..', '..');
const ours = { node: process.execPath, 'ig-evidence': join(project, 'bin', 'ig-evidence.js') };

beforeAll(async () => {
  const { folder, publicKeyFile, request } = await writeSigned(join(root.path, 'signer'));
  mkdirSync(given);
  await packBundle(folder, join(given, 'bundle.tar.gz'));
  cpSync(publicKeyFile, join(given, 'cosign.pub'));
  cpSync(request.ledgerKeyFile, join(given, 'log.vkey'));
});
afterAll(() => root.remove());

/** An empty folder with what was handed over, the archive unpacked by the system's tar. */
async function stranger(name: string): Promise<string> {
  const folder = join(root.path, name);
  cpSync(given, folder, { recursive: true });
  await run('tar', ['-xzf', 'bundle.tar.gz'], { cwd: folder });
  return join(folder, unpacked);
}

/** What the guide prints to be pasted: the lines that are set off by four spaces. */
function printedIn(bundle: string): string[] {
  const guide = readFileSync(join(bundle, 'HOW-TO-VERIFY.md'), 'utf8');
  return [...guide.matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block.replaceAll(/^ {4}/gm, '').trimEnd());
}

describe('the network is off in the shell that the commands are pasted into', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((_, response) => void response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  it('as nothing that runs outside of it can be reached', async () => {
    const address = server.address();
    const connect = `exec 3<>/dev/tcp/127.0.0.1/${typeof address === 'object' ? address?.port : ''}`;
    expect(await run('bash', ['-c', connect])).toMatchObject({ stderr: '' });
    const { code, stderr } = await (await offlineShell(root.path, {})).paste(connect, given);
    expect(code).not.toBe(0);
    expect(stderr).toContain('Network is unreachable');
  });
});

describe.each(['cosign2', 'cosign3'] as const)('a stranger with stock %s', (tool) => {
  let shell: Offline;
  beforeAll(async () => {
    shell = await offlineShell(root.path, { ...ours, cosign: await resolveTool(tool) });
  }, 600_000);

  it('verifies everything by pasting what the guide prints', async () => {
    const bundle = await stranger(`${tool}-verifies`);
    const printed = printedIn(bundle);
    const signatures = readdirSync(bundle).filter((name) => name.endsWith('.sigstore.json'));
    expect(printed.filter((lines) => lines.startsWith('cosign '))).toHaveLength(signatures.length);
    expect(printed.map((lines) => lines.split(' ')[0])).toEqual(['ig-evidence', ...signatures.map(() => 'cosign'), 'node']);
    for (const lines of printed) {
      const { code, stdout, stderr } = await shell.paste(lines, bundle);
      expect({ lines, code, said: code === 0 ? '' : stdout + stderr }).toEqual({ lines, code: 0, said: '' });
    }
  }, 60_000);

  it('finds by the same commands that an item was swapped', async () => {
    const bundle = await stranger(`${tool}-swapped`);
    writeFileSync(join(bundle, 'policy-coverage.json'), '{"coverage":100,"files":[]}\n');
    const printed = printedIn(bundle);
    const failed: string[] = [];
    for (const lines of [printed[0] ?? '', printed.at(-1) ?? '']) {
      const { code, stdout, stderr } = await shell.paste(lines, bundle);
      if (code !== 0) failed.push(stdout + stderr);
    }
    expect(failed).toEqual([
      expect.stringMatching(/FAIL.*artifact\.digest.*policy-coverage\.json/),
      expect.stringContaining('policy-coverage.json: FAILED'),
    ]);
  }, 60_000);
});
