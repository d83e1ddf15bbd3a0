import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { collectDecisionLatency } from '../../ci/collect/decision-latency.ts';
import { itemsFile, noteItems } from '../../ci/collect/items.ts';
import { collectTests } from '../../ci/collect/tests.ts';
import { command } from '../../ci/command.ts';
import { writePolicy } from '../../ci/policy.ts';
import { readPolicy } from '../../src/evidence/verify/index.ts';
import { attempt } from '../../src/workbench/index.ts';

const project = join(import.meta.dirname, '..', '..');
const root = mkdtempSync(join(tmpdir(), 'countersign-steps-'));
afterAll(() => rmSync(root, { recursive: true }));

const run = (script: string, args: readonly string[] = []) =>
  attempt(process.execPath, [join(project, 'ci', script), ...args], { cwd: root, env: { PATH: process.env['PATH'] } });
const items = (folder: string) => JSON.parse(readFileSync(itemsFile(folder), 'utf8'));

describe('every step', () => {
  const scripts = [
    ...['sbom', 'tests', 'decision-coverage', 'decision-latency', 'schema-diffs', 'ledger'].map((name) => `collect/${name}.ts`),
    ...['register.ts', 'build.ts', 'sign.ts', 'policy.ts', 'verify.ts', 'attach.ts', 'gate.ts', 'rehearse.ts'],
  ];

  it.each(scripts)('%s says how it is used, and ends with 2 when something is missing', async (script) => {
    const { code, stdout, stderr } = await run(script);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error step\.usage: (.+ is missing|give one of .+)\n/);
    expect(stderr).toContain(script === 'rehearse.ts' ? 'usage: npm run release:rehearse -- DIR' : `usage: node ci/${script}`);
  });

  it('is explained by --help', async () => {
    const { code, stdout } = await run('build.ts', ['--help']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^usage: node ci\/build\.ts --out DIR -- OPTION…\n\nBuilds/),
    });
  });
});

describe('a command of a step', () => {
  it('that fails ends the step with its own exit code, and the end of what it said', async () => {
    const log = join(root, 'logs', 'failing.log');
    await expect(command('bash', ['-c', 'seq 100; exit 7'], { log })).rejects.toMatchObject({
      code: 'step.command_failed',
      exitCode: 7,
      message: expect.stringMatching(/failed: it ended with 7\n71\n(.*\n)*100$/),
    });
  });

  it('that is not there, or is killed, is told as that', async () => {
    await expect(command('/none/such', [])).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining('cannot be started') });
    await expect(command('bash', ['-c', 'kill -9 $$'])).rejects.toMatchObject({ message: expect.stringContaining('was ended by SIGKILL') });
  });

  it('has its output in a file where one is named', async () => {
    const stdout = join(root, 'new', 'out.txt');
    await command('bash', ['-c', 'echo kept; echo said >&2'], { stdout, log: join(root, 'said.log') });
    expect([readFileSync(stdout, 'utf8'), readFileSync(join(root, 'said.log'), 'utf8')]).toEqual(['kept\n', 'said\n']);
  });
});

describe('collecting', () => {
  it('lists each file once, the newest word on it, in the order of their names', () => {
    const folder = join(root, 'items');
    noteItems(folder, [{ kind: 'junit', file: 'b.xml' }]);
    noteItems(folder, [{ kind: 'file', file: 'a.txt' }]);
    noteItems(folder, [{ kind: 'junit', file: 'b.xml', name: 'unit.json' }]);
    expect(items(folder)).toEqual([
      { kind: 'file', file: 'a.txt' },
      { kind: 'junit', file: 'b.xml', name: 'unit.json' },
    ]);
  });

  it('takes reports of tests that ran elsewhere, and refuses what is not there', async () => {
    const [junit, coverage] = [join(root, 'elsewhere.xml'), join(root, 'summary.json')];
    writeFileSync(junit, '<testsuites/>');
    await expect(collectTests(join(root, 'none'), { junit, coverage }, [])).rejects.toMatchObject({ code: 'step.unreadable' });
    writeFileSync(coverage, '{}');
    await collectTests(join(root, 'reports'), { junit, coverage }, []);
    expect(items(join(root, 'reports'))).toEqual([
      { kind: 'coverage', file: 'coverage-summary.json', madeAt: expect.stringMatching(/^\d{4}-.*Z$/) },
      { kind: 'junit', file: 'junit.xml' },
    ]);
  });

  it('keeps of the metrics the time of decisions, and refuses those without', async () => {
    let metrics = 'up 1\n';
    const server = createServer((_, response) => void response.end(metrics)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const gateway = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
    const folder = join(root, 'latency');
    await expect(collectDecisionLatency(folder, gateway)).rejects.toMatchObject({ code: 'step.malformed' });
    metrics = 'up 1\ncountersign_decision_duration_seconds_count{action="a"} 3\n';
    await collectDecisionLatency(folder, gateway);
    expect(readFileSync(join(folder, 'metrics.prom'), 'utf8')).toBe('countersign_decision_duration_seconds_count{action="a"} 3\n');
    server.close();
    server.closeAllConnections();
    await expect(collectDecisionLatency(folder, gateway)).rejects.toMatchObject({ code: 'step.unreachable' });
  });
});

it('signs as nobody when it is not said who: no key, and no identity of a workflow', async () => {
  const { code, stderr } = await run('sign.ts', [root]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('who is to sign?') });
});

it('writes policies that the verifier reads, with files named from where they are', () => {
  const [key, out] = [join(root, 'cosign.pub'), join(root, 'policies', 'policy.yaml')];
  noteItems(join(root, 'policies'), []);
  writeFileSync(key, '');
  writePolicy(out, { identity: 'https://acme.test/release.yml', issuer: 'https://issuer.test', trustedRoot: join(root, 'root.json') }, key);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({
    format: 1,
    signers: { identities: [{ issuer: 'https://issuer.test', subject: 'https://acme.test/release.yml' }], trustedRoot: '../root.json' },
    ledger: { key: '../cosign.pub' },
  });
  writePolicy(out, { key }, undefined);
  expect(() => readPolicy(out)).toThrow(expect.objectContaining({ message: expect.stringContaining('cosign.pub') }));
});
