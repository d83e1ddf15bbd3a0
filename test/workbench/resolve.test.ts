import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveTool } from '../../src/workbench/index.ts';
import { parsePin } from '../../src/workbench/toolchain/pins.ts';

const goMod = (tool: string, version: string) =>
  `module x\n\ngo 1.26\n\ntool ${tool}\n\nrequire (\n\tgithub.com/a/b v0.1.0 // indirect\n\t${tool} v${version}\n)\n`;

let root: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-resolve-')));
  env = { PATH: `${join(root, 'first')}:${join(root, 'second')}`, XDG_CACHE_HOME: join(root, 'cache') };
  write('tools/opa/go.mod', goMod('example.org/opa', '1.2.3'));
  write('tools/cosign3/go.mod', goMod('example.org/cosign/v3', '3.1.3'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function program(path: string, text: string): string {
  const file = write(path, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

const reporting = (version: string) => `echo "Version: ${version}"`;
const resolve = (tool: 'opa' | 'cosign3' = 'opa') => resolveTool(tool, env, join(root, 'tools'));

describe('the order in which a tool is looked for', () => {
  it('takes the binary that the environment names, whatever its version', async () => {
    env['OPA'] = program('elsewhere/opa', reporting('9.9.9'));
    program('first/opa', reporting('1.2.3'));
    expect(await resolve()).toBe(env['OPA']);
  });

  it('refuses a name that cannot run instead of looking further', async () => {
    env['OPA'] = join(root, 'missing');
    program('first/opa', reporting('1.2.3'));
    await expect(resolve()).rejects.toMatchObject({
      code: 'tool.unavailable',
      message: `OPA is \`${root}/missing\`, which is not an executable file`,
    });
  });

  it('takes PATH before the cache', async () => {
    const first = program('first/opa', reporting('1.2.3'));
    program('cache/countersign/tools/opa-1.2.3/opa', reporting('1.2.3'));
    expect(await resolve()).toBe(first);
  });

  it.each(['1.2.4', '1.2.30', '1.2.3-dev', ''])('skips a binary on PATH that reports `%s`', async (version) => {
    program('first/opa', reporting(version));
    const second = program('second/opa', reporting('1.2.3'));
    expect(await resolve()).toBe(second);
  });

  it('skips a binary that fails, and takes the cache', async () => {
    program('first/opa', 'exit 1');
    const cached = program('cache/countersign/tools/opa-1.2.3/opa', reporting('1.2.3'));
    expect(await resolve()).toBe(cached);
  });

  it('finds cosign under its own name, and by $COSIGN', async () => {
    const onPath = program('second/cosign', 'echo "GitVersion:    v3.1.3"');
    expect(await resolve('cosign3')).toBe(onPath);
    env['COSIGN'] = program('elsewhere/cosign', 'exit 0');
    expect(await resolve('cosign3')).toBe(env['COSIGN']);
  });
});

describe('building', () => {
  const fakeGo = 'while [ "$1" != -o ]; do shift; done; printf \'#!/bin/sh\\n\' > "$2"; chmod 755 "$2"';

  it('builds once into the cache and leaves nothing else there, also when two build at once', async () => {
    program('first/go', `PATH=/usr/bin:/bin; sleep 0.1; ${fakeGo}`);
    const folder = join(root, 'cache/countersign/tools/opa-1.2.3');
    expect(await Promise.all([resolve(), resolve()])).toEqual([join(folder, 'opa'), join(folder, 'opa')]);
    expect(readdirSync(folder)).toEqual(['opa']);
  });

  it('builds with the pinned package, read-only modules and no C', async () => {
    program('first/go', `echo "$PWD $GOFLAGS $CGO_ENABLED $*" > ${root}/said; PATH=/usr/bin:/bin; ${fakeGo}`);
    await resolve();
    expect(readFileSync(join(root, 'said'), 'utf8')).toMatch(/\/tools\/opa -mod=readonly 0 build -trimpath -o \S+ example\.org\/opa\n$/);
  });

  it('says what was tried and what to do when there is no Go', async () => {
    await expect(resolve()).rejects.toMatchObject({
      code: 'tool.unavailable',
      message: `\`opa\` 1.2.3 is not available: tried $OPA (unset), \`opa\` 1.2.3 on PATH, \`${root}/cache/countersign/tools/opa-1.2.3/opa\`; there is no \`go\` on PATH to build it with`,
      remedy: 'install Go 1.26 or newer and run again, or set OPA to opa 1.2.3',
    });
  });

  it('passes on what Go said when the build fails', async () => {
    program('first/go', 'echo "no network" >&2; exit 1');
    await expect(resolve()).rejects.toMatchObject({ code: 'tool.unavailable', message: expect.stringContaining('no network') });
    expect(readdirSync(join(root, 'cache/countersign/tools/opa-1.2.3'))).toEqual([]);
  });
});

describe('the pin', () => {
  it('is the version of the module that holds the tool', () => {
    expect(parsePin('tool a.org/b/v2/cmd/x\nrequire a.org/b/v2 v2.0.1\n')).toEqual({ package: 'a.org/b/v2/cmd/x', version: '2.0.1' });
  });

  it.each(['', 'tool a.org/b\n', 'tool a.org/bc\nrequire a.org/b v1.0.0\n'])('is refused when %j does not hold one', (text) => {
    expect(() => parsePin(text)).toThrow(/it (has no line|requires no module)/);
  });
});
