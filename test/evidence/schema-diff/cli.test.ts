import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { kinds } from '../../../src/evidence/kinds/index.ts';
import { temporaryFolder, write } from '../fixture.ts';
import { migrating, writeProject } from './project.ts';

const root = temporaryFolder();
afterAll(() => root.remove());
const program = join(import.meta.dirname, '../../../src/cli/ig-evidence.ts');

type Result = { code: number | string | null | undefined; stdout: string; stderr: string };

function ig(...args: readonly string[]): Promise<Result> {
  const { promise, resolve } = Promise.withResolvers<Result>();
  execFile(process.execPath, [program, ...args], { cwd: root.path }, (error, stdout, stderr) =>
    resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
  );
  return promise;
}

it('lists the kinds, for people and as JSON', async () => {
  const [table, json] = await Promise.all([ig('kinds'), ig('kinds', '--json')]);
  expect(table).toMatchObject({ code: 0, stderr: '' });
  expect(
    table.stdout
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(' ')[0]),
  ).toEqual([...kinds.map(({ name }) => name), 'decision-log', 'access-log', 'erasure-log', 'file']);
  const listed = JSON.parse(json.stdout);
  expect(table.stdout).toContain(`  ${listed[0].predicateType}\n`);
  expect(listed.at(-1)).toEqual({
    name: 'file',
    title: 'a file',
    file: null,
    mediaType: 'application/octet-stream',
    predicateType: 'https://in-toto.io/attestation/reference/v0.1',
    reads: 'anything',
    summary: ['bytes'],
  });
  expect(listed[0]).toEqual({
    name: 'sbom-cyclonedx',
    title: 'a CycloneDX SBOM',
    file: 'sbom.cdx.json',
    mediaType: 'application/vnd.cyclonedx+json',
    predicateType: 'https://cyclonedx.org/bom',
    reads: 'CycloneDX JSON 1.4 to 1.7, as `npm sbom` or syft writes it',
    summary: ['components', 'licensed', 'vulnerabilities'],
  });
});

it('lists what a contract can ask for, as the format page does', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/evidence-format.md'), 'utf8');
  const rows = page.match(/^\| `[a-z0-9-]+` \| (`[^`]+`|its own) \|.* \| (T|D|`https:.*) \|.*$/gm) ?? [];
  const rowOf = (name: string) => rows.find((row) => row.startsWith(`| \`${name}\` |`));
  const listed: { name: string; file: string | null; predicateType: string; summary: string[] }[] = JSON.parse(
    (await ig('kinds', '--json')).stdout,
  );
  expect(rows).toHaveLength(listed.length);
  for (const { name, file, summary, predicateType } of listed) {
    const [, place, , predicate = '', measures = ''] = (rowOf(name) ?? '').split(' | ').map((cell) => cell.replace(/^\| /, ''));
    expect([name, place]).toEqual([name, file === null ? 'its own' : `\`${file}\``]);
    expect([name, measures]).toEqual([name, expect.stringMatching(new RegExp(summary.map((one) => `\`${one}\``).join('.*')))]);
    const short: Record<string, string> = {
      T: 'https://in-toto.io/attestation/test-result/v0.1',
      D: `https://countersign.dev/attestation/${name}/v1`,
    };
    expect([name, short[predicate] ?? predicate.split('`')[1]]).toEqual([name, predicateType]);
  }
});

it('writes the difference of two SQL files, on a PostgreSQL of its own', async () => {
  write(join(root.path, 'a.sql'), 'create table t (a bigint);');
  write(join(root.path, 'b.sql'), 'create table t (a integer);');
  const done = await ig('schema-diff', 'sql', '--from-file', 'a.sql', '--to-file', 'b.sql', '--out', 'd.json');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toMatch(/^breaking {3}column `public\.t\.a` has another type: `bigint` → `integer`\nfrom {7}sha256:/);
  expect(JSON.parse(readFileSync(join(root.path, 'd.json'), 'utf8'))).toMatchObject({
    subject: 'b.sql',
    changes: [{ criticality: 'breaking' }],
  });
});

it('says what is wrong, with exit code 2, and writes nothing', async () => {
  const answers = await Promise.all([
    ig('schema-diff', 'sql', '--from', 'v1', '--to-file', 'b.sql', '--out', 'x.json'),
    ig('schema-diff', 'graphql', '--from', 'v1', '--out', 'x.json', '--json'),
    ig('schema-diff', 'graphql', '--from', 'v1'),
  ]);
  expect(answers.map(({ code }) => code)).toEqual([2, 2, 2]);
  expect(answers[0]?.stderr).toBe(
    'error cli.invalid_option: there are not two schemas to compare\n→ give --from and perhaps --to, or both --from-file and --to-file\n',
  );
  expect(JSON.parse(answers[1]?.stdout ?? '')).toMatchObject({ error: { code: 'evidence.commit_unknown' } });
  expect(existsSync(join(root.path, 'x.json'))).toBe(false);
});

it('interrupted, leaves neither server nor file behind', async () => {
  const project = join(root.path, 'slow');
  const asleep = migrating().replace(
    'const client',
    "(await import('node:fs')).writeFileSync('started', ''); await new Promise((r) => setTimeout(r, 60_000)); const client",
  );
  writeProject(project, { 'm.mjs': migrating('select 1') }, { 'm.mjs': asleep });
  const temporary = join(root.path, 'temporary');
  write(join(temporary, 'keep'), '');
  const child = spawn(
    process.execPath,
    [
      program,
      'schema-diff',
      'sql',
      '--project',
      project,
      '--module',
      'm.mjs',
      '--from',
      'v1',
      '--out',
      join(root.path, 'y.json'),
      '--json',
    ],
    {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const said = text(child.stdout);
  const ended = once(child, 'exit');
  // Also when the test fails half-way: it ends its server first.
  onTestFinished(() => void child.kill('SIGINT'));
  await expect.poll(() => existsSync(join(project, 'started')), { timeout: 90_000 }).toBe(true);
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(JSON.parse(await said)).toMatchObject({ error: { code: 'cli.interrupted', remedy: 'run it again; nothing was written' } });
  expect(existsSync(join(root.path, 'y.json'))).toBe(false);
  expect(readdirSync(temporary)).toEqual(['keep']);
}, 120_000);
