import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { attempt, resolveTool } from '../../src/workbench/index.ts';

const project = join(import.meta.dirname, '..', '..');
const workflows = join(project, '.github', 'workflows');
const source = join(project, 'ci', 'release.yml');

const folder = mkdtempSync(join(tmpdir(), 'countersign-workflows-'));
afterAll(() => rmSync(folder, { recursive: true }));

let actionlint: string;
beforeAll(async () => {
  actionlint = await resolveTool('actionlint');
}, 600_000);

// What is installed besides must not decide what is found.
const lint = (file: string) => attempt(actionlint, ['-no-color', '-oneline', '-shellcheck=', '-pyflakes=', file], { cwd: project });

describe('actionlint', () => {
  it('finds nothing in any workflow', async () => {
    for (const name of readdirSync(workflows)) expect(await lint(join(workflows, name))).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('finds an input that is not declared', async () => {
    const broken = join(folder, 'broken.yml');
    writeFileSync(broken, readFileSync(source, 'utf8').replace('inputs.tenant', 'inputs.tenent'));
    const { code, stdout } = await lint(broken);
    expect(code).toBe(1);
    expect(stdout).toContain('property "tenent" is not defined');
  });
});

describe('the release workflow', () => {
  const text = readFileSync(source, 'utf8');
  const { jobs } = parse(text);
  const stepsOf = (job: string): { uses?: string; run?: string; with?: Record<string, unknown> }[] => jobs[job].steps;

  it('is where GitHub reads reusable workflows from, byte for byte', () => {
    expect(readFileSync(join(workflows, 'evidence.yml'), 'utf8')).toBe(text);
  });

  it('goes through its steps in order', () => {
    const order = Object.keys(jobs).map((name) => [name, jobs[name].needs]);
    expect(order).toEqual([
      ['collect', undefined],
      ['ledger', 'collect'],
      ['sign', 'ledger'],
      ['attach', 'sign'],
      ['gate', ['sign', 'attach']],
    ]);
    const scripts = Object.keys(jobs).flatMap((job) =>
      stepsOf(job).flatMap(({ run }) => [...(run ?? '').matchAll(/\bnode (ci\/\S+)/g)].map(([, script]) => script)),
    );
    expect(scripts).toEqual([
      'ci/collect/sbom.ts',
      'ci/collect/tests.ts',
      'ci/collect/decision-coverage.ts',
      'ci/collect/schema-diffs.ts',
      'ci/collect/decision-latency.ts',
      'ci/register.ts',
      'ci/collect/ledger.ts',
      'ci/previous.ts',
      'ci/build.ts',
      'ci/sign.ts',
      'ci/policy.ts',
      'ci/verify.ts',
      'ci/attach.ts',
      'ci/gate.ts',
    ]);
    expect(scripts.filter((script) => !existsSync(join(project, script ?? '')))).toEqual([]);
  });

  it('gives each job the permissions that it needs and no more', () => {
    expect(parse(text).permissions).toEqual({});
    expect(Object.keys(jobs).map((job) => [job, jobs[job].permissions])).toEqual([
      ['collect', { contents: 'read' }],
      ['ledger', { contents: 'read' }],
      ['sign', { contents: 'read', 'id-token': 'write' }],
      ['attach', { contents: 'write' }],
      ['gate', { contents: 'read' }],
    ]);
  });

  it('pins every action by commit, with its version beside it, and leaves no token in a checkout', () => {
    const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, action]) => action);
    expect(uses.filter((action) => !/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? ''))).toEqual([]);
    const checkouts = Object.keys(jobs).flatMap((job) => stepsOf(job).filter((one) => one.uses?.startsWith('actions/checkout@')));
    expect(checkouts.map((one) => one.with?.['persist-credentials'])).toEqual(Object.keys(jobs).map(() => false));
  });

  it('leaves no token behind, whatever becomes of the step', () => {
    const withToken = Object.keys(jobs).flatMap((job) =>
      stepsOf(job).flatMap(({ run = '' }) => (run.includes('RUNNER_TEMP/token') ? [run] : [])),
    );
    expect(withToken).toHaveLength(2);
    for (const script of withToken) expect(script.split('\n')[0]).toBe(`trap 'rm -f "$RUNNER_TEMP/token"' EXIT`);
  });

  it('continues the release before, where there is one', () => {
    const [script = ''] = stepsOf('sign').flatMap(({ run = '' }) => (run.includes('node ci/build.ts') ? [run] : []));
    expect(script).toContain('then previous=(--prev-manifest release-out/previous-manifest.json); fi\n');
    expect(script.trimEnd()).toMatch(/ "\$\{previous\[@\]\}"$/);
  });

  it('puts nothing that others write into a script: values come as variables', () => {
    const runs = Object.keys(jobs).flatMap((job) => stepsOf(job).map(({ run }) => run ?? ''));
    expect(runs.filter((script) => script.includes('${{'))).toEqual([]);
  });
});
