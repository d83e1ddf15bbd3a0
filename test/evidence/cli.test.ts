import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMIT, EPOCH, temporaryFolder, write, writeInputs } from './fixture.ts';

const root = temporaryFolder();
afterAll(() => root.remove());
const program = join(import.meta.dirname, '../../src/cli/ig-evidence.ts');

type Result = { code: number | string | null | undefined; stdout: string; stderr: string };

/** Runs in the folder of the inputs, without colour. */
function ig(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
  const { promise, resolve } = Promise.withResolvers<Result>();
  const options = { cwd: root.path, env: { PATH: process.env['PATH'], SOURCE_DATE_EPOCH: EPOCH, ...env } };
  execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) =>
    resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
  );
  return promise;
}

/** As docs/evidence-format.md lists them. */
const commandNames = [
  ...(
    /## Commands and exit codes\s+(`.*?):/s.exec(readFileSync(join(import.meta.dirname, '../../docs/evidence-format.md'), 'utf8'))?.[1] ??
    ''
  ).matchAll(/`([a-z-]+)`/g),
].map(([, name = '']) => name);

const inputs = [
  '--ledger',
  'export',
  '--ledger-key',
  'handed-over.vkey',
  '--policy-dir',
  'policy',
  '--contract',
  'contract.yaml',
  '--item',
  'decision-coverage=coverage.json',
  '--item',
  'sbom-cyclonedx=sbom.json',
  '--commit',
  COMMIT,
];
const build = (out: string, ...more: string[]) => ig(['build', '--release', 'v1.2.3', '--out', out, ...inputs, ...more]);

beforeAll(() => {
  writeInputs(root.path);
});

it('builds, signs and verifies, in words and in JSON', async () => {
  expect(await ig(['keygen', '--out', 'signer'])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('warning: signer.key is not encrypted'),
  });
  const built = await build('b');
  expect(built).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^release {3}v1\.2\.3 \(standard\)\n/) });
  expect(await ig(['sign', 'b', '--key', 'signer.key'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('signed   manifest.sigstore.json\n'),
  });

  const verified = await ig(['verify', 'b', '--key', 'signer.pub', '--ledger-key', 'handed-over.vkey']);
  expect(verified).toMatchObject({ code: 0, stderr: '' });
  expect(verified.stdout).toMatch(/^ok {4}files\.plain/);
  expect(verified.stdout).toMatch(/\nverified v1\.2\.3: 80 checks, 0 failed\n$/);

  const json = await ig(['verify', 'b', '--key', 'signer.pub', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ release: 'v1.2.3', ok: true });
});

it('takes the password of a key from COSIGN_PASSWORD', async () => {
  expect(JSON.parse((await ig(['keygen', '--out', 'sealed', '--json'], { COSIGN_PASSWORD: 'pw' })).stdout)).toMatchObject({
    encrypted: true,
  });
  await build('c');
  expect(await ig(['sign', 'c', '--key', 'sealed.key'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error evidence\.password_wrong: .*\n→ set COSIGN_PASSWORD/),
  });
  expect(await ig(['sign', 'c', '--key', 'sealed.key', '--json'], { COSIGN_PASSWORD: 'pw' })).toMatchObject({ code: 0 });
});

describe('ends with', () => {
  it('3 when it is built and the contract is not met, saying what is missing', async () => {
    const contract = write(join(root.path, 'strict.yaml'), 'format: 1\nreleases:\n  standard:\n    - { item: k6, obtain: run k6 }\n');
    const { code, stdout } = await build('incomplete', '--contract', contract);
    expect(code).toBe(3);
    expect(stdout).toMatch(/\nmissing {2}k6 {2}no item of kind k6\n/);
    expect(stdout).toContain('the contract is NOT met: k6');
  });

  it('130 on Ctrl-C in the middle, and leaves nothing', async () => {
    const file = write(join(root.path, 'large.bin'), '');
    truncateSync(file, 2 ** 30);
    const before = readdirSync(root.path);
    const child = spawn(process.execPath, [program, 'build', '--release', 'v1.2.3', '--out', 'half', ...inputs, '--item', `file=${file}`], {
      cwd: root.path,
      env: { PATH: process.env['PATH'], SOURCE_DATE_EPOCH: EPOCH },
    });
    child.stderr.once('data', () => child.kill('SIGINT')); // the first tenth is copied
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
    expect(readdirSync(root.path)).toEqual(before);
    rmSync(file);
  });

  it('1 when verification failed, naming what failed', async () => {
    await build('d');
    await ig(['keygen', '--out', 'd-key']);
    await ig(['sign', 'd', '--key', 'd-key.key']);
    write(join(root.path, 'd/provenance.json'), readFileSync(join(root.path, 'd/provenance.json'), 'utf8').replace('c0ffee', 'c1ffee'));
    const result = await ig(['verify', 'd', '--key', 'd-key.pub']);
    expect(result).toMatchObject({ code: 1, stderr: '' });
    expect(result.stdout).toMatch(/\nFAIL {2}artifact\.digest +provenance\.json .*its SHA-256 is [0-9a-f]{64}, the manifest says/);
    expect(result.stdout).toMatch(/\nNOT verified v1\.2\.3: 80 checks, 2 failed\n$/);
    expect(JSON.parse((await ig(['verify', 'd', '--key', 'd-key.pub', '--json'])).stdout)).toMatchObject({ ok: false });
  });

  it.each([
    ['no command', []],
    ['an unknown command', ['publish']],
    ['an unknown option', ['verify', 'x', '--key', 'y', '--loud']],
    ['a missing option', ['sign', 'x']],
    ['a key that is not there', ['verify', 'export', '--key', 'none.pub']],
    ['a release that is none', ['build', '--release', 'latest', '--out', 'x', ...inputs]],
  ])('2 with %s', async (_, args) => {
    expect(await ig(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/\S/) });
  });

  it('2 and the error as JSON where JSON was asked for', async () => {
    const { code, stdout } = await build('export', '--json');
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 2,
      error: { code: 'evidence.out_not_empty', remedy: expect.any(String) },
    });
  });

  it('2 and one JSON document on stdout, whichever command is used wrongly with --json', async () => {
    const commands = [...commandNames.filter((name) => name !== 'schema-diff'), 'schema-diff graphql', 'schema-diff sql'];
    for (const command of commands) {
      const { code, stdout, stderr } = await ig([...command.split(' '), '--json', '--loud']);
      const { error } = JSON.parse(stdout);
      expect({ command, code, stderr, error }).toEqual({
        command,
        code: 2,
        stderr: '',
        error: { code: 'cli.invalid_option', message: expect.stringMatching(/^[a-z]/), remedy: expect.any(String) },
      });
    }
  }, 60_000);

  it.each([
    ['a missing option', ['sign', '--json']],
    ['an argument too many', ['pack', 'a', 'b', '--json']],
    ['an unknown command', ['shout', '--json']],
    ['a value that is none', ['build', '--item', 'junit', '--json']],
  ])('2 and one JSON document with %s', async (_, args) => {
    const { code, stdout, stderr } = await ig(args);
    expect({ code, stderr, ...JSON.parse(stdout) }).toEqual({
      code: 2,
      stderr: '',
      error: { code: 'cli.invalid_option', message: expect.stringMatching(/^[a-z]/), remedy: 'see `ig-evidence <command> --help`' },
    });
  });

  it.each([['--help'], ['--version'], ['build', '--help']])('0 with %s', async (...args) => {
    expect(await ig(args)).toMatchObject({ code: 0, stderr: '' });
  });
});
