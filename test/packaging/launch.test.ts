import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const current = process.versions.node;
const [major] = current.split('.');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'countersign-launch-'));
  cpSync(join(import.meta.dirname, '../../bin'), join(root, 'bin'), { recursive: true });
  write('src/cli/countersign.ts', program);
  engines(`>=${major}`);
});
afterEach(() => rmSync(root, { recursive: true }));

/** Says who runs it and with what; `wait` makes it wait for SIGTERM. */
const program = `
const via: string = process.env['VIA'] ?? 'this';
if (process.argv[2] === 'wait') {
  const timer = setInterval(() => {}, 1000);
  process.on('SIGTERM', () => { console.log('stopped'); clearInterval(timer); process.exitCode = 3; });
}
console.log([via, ...process.argv.slice(2)].join(' '));
if (process.argv[2] === 'fail') process.exitCode = 7;
if (process.argv[2] === 'abort') process.kill(process.pid, 'SIGKILL');
`;

function write(path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content, { mode });
}

function engines(range: string): void {
  write('package.json', JSON.stringify({ type: 'module', engines: { node: range } }));
}

function bundleNode(): void {
  write('node_modules/node/package.json', '{}');
  write('node_modules/node/bin/node', `#!/bin/sh\nVIA=bundled exec '${process.execPath}' "$@"\n`, 0o755);
}

function start(...args: string[]) {
  const child = spawn(process.execPath, [join(root, 'bin/countersign.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { child, ended: ended.then(([[code, signal], stdout, stderr]) => ({ code, signal, stdout, stderr })) };
}

describe('the launcher', () => {
  it.each([`^${current}`, `>=${major}`, `^1.2.3 || >=${major}`])('runs the program itself when this Node satisfies `%s`', async (range) => {
    engines(range);
    bundleNode();
    expect(await start('a', 'b c').ended).toEqual({ code: 0, signal: null, stdout: 'this a b c\n', stderr: '' });
  });

  it.each([`^${major}.999.0`, `^${Number(major) - 1}.0.0`, '>=999', '^1.2.3 || >=999', 'nonsense'])(
    'hands over to the Node that came with the package when this one does not satisfy `%s`',
    async (range) => {
      engines(range);
      bundleNode();
      expect(await start('a', 'b c').ended).toEqual({ code: 0, signal: null, stdout: 'bundled a b c\n', stderr: '' });
    },
  );

  it('prefers the compiled program where there is no source', async () => {
    write('build/src/cli/countersign.js', "console.log('compiled');");
    expect((await start().ended).stdout).toBe('this\n');
    rmSync(join(root, 'src'), { recursive: true });
    expect((await start().ended).stdout).toBe('compiled\n');
  });

  it('says what to do when no Node will do', async () => {
    engines('>=999');
    expect(await start().ended).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: expect.stringMatching(/^countersign needs Node >=999, and this is v[\d.]+: install one of those, or .*npm rebuild node\)\n$/),
    });
  });
});

describe('after handing over', () => {
  beforeEach(() => {
    engines('>=999');
    bundleNode();
  });

  it('ends with the code of the program', async () => {
    expect((await start('fail').ended).code).toBe(7);
  });

  it('ends by the signal that ended the program', async () => {
    expect(await start('abort').ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('passes SIGTERM on and waits for the end', async () => {
    const { child, ended } = start('wait');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 3, signal: null, stdout: expect.stringContaining('stopped\n') });
  });
});
