import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/index.ts';
import { type BuildRequest, buildBundle } from '../../src/evidence/index.ts';
import { normaliseCoverage } from '../../src/evidence/items/coverage.ts';
import { resolveTool, run } from '../../src/workbench/index.ts';
import { COMMIT, decision, entries, opaCoverage, readJson, sbom, temporaryFolder, write, writeExport, writeInputs } from './fixture.ts';

const root = temporaryFolder();
afterAll(() => root.remove());

const cli = join(import.meta.dirname, '../../src/cli/ig-evidence.ts');

/** A project in git with an installed dependency, so that npm has something to tell. */
function writeProject(folder: string): string {
  const left = { name: 'left', version: '2.0.0', license: 'MIT', dependencies: { right: '1.0.0' } };
  write(
    join(folder, 'package.json'),
    JSON.stringify({ name: '@acme/demo', version: '1.0.0', dependencies: { left: '^2.0.0' }, devDependencies: { tool: '1.0.0' } }),
  );
  write(join(folder, '.gitignore'), 'node_modules/\n');
  write(join(folder, 'node_modules/left/package.json'), JSON.stringify(left));
  write(join(folder, 'node_modules/right/package.json'), JSON.stringify({ name: 'right', version: '1.0.0' }));
  write(join(folder, 'node_modules/tool/package.json'), JSON.stringify({ name: 'tool', version: '1.0.0' }));
  const env = { ...process.env, GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z', GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z' };
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    [...who, 'commit', '-q', '-m', 'one'],
  ])
    execFileSync('git', args, { cwd: folder, env });
  return folder;
}

function treeOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, digestOf(readFileSync(join(folder, name)))]),
  );
}

describe('the same inputs', () => {
  let request: BuildRequest;
  let project: string;
  beforeAll(() => {
    request = writeInputs(join(root.path, 'same'));
    project = writeProject(join(root.path, 'project'));
  });

  /** The command line in a process of its own: other folders, another working folder, time zone and language. */
  async function buildElsewhere(name: string, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
    const home = join(root.path, name);
    cpSync(project, join(home, 'a checkout'), { recursive: true });
    cpSync(join(root.path, 'same'), join(home, 'inputs'), { recursive: true });
    const flags = {
      release: 'v1.2.3',
      out: 'out/bundle',
      project: 'a checkout',
      ledger: 'inputs/export',
      'ledger-key': 'inputs/handed-over.vkey',
      'policy-dir': 'inputs/policy',
      coverage: 'inputs/coverage.json',
    };
    const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
    await run(process.execPath, [cli, 'build', ...args], { cwd: home, env: { ...process.env, ...env } });
    return treeOf(join(home, 'out/bundle'));
  }

  it('give the same bytes, wherever, whenever and in whatever time zone', async () => {
    const first = await buildElsewhere('one', { TZ: 'Pacific/Kiritimati', LANG: 'C' });
    const second = await buildElsewhere('two/with spaces', { TZ: 'America/Caracas', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' });
    expect(second).toEqual(first);
    expect(Object.keys(first)).toHaveLength(10);

    const bundle = join(root.path, 'one/out/bundle');
    const bom = readJson(join(bundle, 'sbom.cdx.json'));
    expect(bom.metadata).toMatchObject({ timestamp: '2026-01-02T03:04:05.000Z', component: { name: '@acme/demo' } });
    expect(bom.components.map((item: { 'bom-ref': string }) => item['bom-ref'])).toEqual(['left@2.0.0', 'right@1.0.0']);
    expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const { internalParameters } = readJson(join(bundle, 'provenance.json')).buildDefinition;
    expect(internalParameters).toEqual({ sourceModified: false, sourceTime: '2026-01-02T03:04:05.000Z' });
  });

  it('give the same SBOM in whatever order it was written', async () => {
    const right = { 'bom-ref': 'Right@1.0.0', type: 'library', name: 'Right', version: '1.0.0' };
    const [left] = sbom.components;
    const [a, b] = [write(join(root.path, 'a.json'), withParts([left, right])), write(join(root.path, 'b.json'), withParts([right, left]))];
    const first = await buildBundle({ ...request, out: join(root.path, 'order-a'), sbomFile: a });
    const second = await buildBundle({ ...request, out: join(root.path, 'order-b'), sbomFile: b });
    expect(second.manifestDigest).toBe(first.manifestDigest);
  });

  function withParts(components: readonly unknown[]): string {
    return JSON.stringify({ ...sbom, components, serialNumber: `urn:uuid:${randomUUID()}` });
  }

  it('say so when the work tree is not what was committed', async () => {
    const changed = join(root.path, 'changed');
    cpSync(project, changed, { recursive: true });
    write(join(changed, 'new.txt'), 'x');
    const { folder } = await buildBundle({ ...request, out: join(root.path, 'changed-out'), project: changed, commit: undefined });
    expect(readJson(join(folder, 'provenance.json')).buildDefinition.internalParameters.sourceModified).toBe(true);
  });
});

describe('the manifest', () => {
  it('has what the release shows, and chains to the one before', async () => {
    const first = await buildBundle(writeInputs(join(root.path, 'first')));
    const previousManifestFile = join(first.folder, 'manifest.json');
    const { manifest } = await buildBundle({ ...writeInputs(join(root.path, 'second')), release: 'v1.2.4-rc.1', previousManifestFile });
    expect(first.manifest.ledger.prevManifest).toBeNull();
    expect(manifest.ledger.prevManifest).toBe(digestOf(readFileSync(previousManifestFile)));
    expect(manifest).toMatchObject({
      release: 'v1.2.4-rc.1',
      ledger: { origin: 'countersign.test/alpha', size: 7, checkpoint: 'ledger-checkpoint', proof: 'ledger-proofs.json' },
      policy: { revision: 'r1' },
      contract: { missing: [] },
    });
    expect(manifest.artifacts.map((item) => item.name)).toEqual(manifest.contract.required);
  });

  it('has a decision log with the fields of the seed', async () => {
    const { folder } = await buildBundle(writeInputs(join(root.path, 'log')));
    const lines = readFileSync(join(folder, 'decision-log.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.seq)).toEqual([1, 2, 3, 5, 6]);
    const { decisionId, ruleId, result, explanation, tenant, purpose, ts, policy } = decision(1) as Record<string, { digest: string }>;
    expect(lines[0]).toEqual({
      decisionId,
      ruleId,
      result,
      explanation,
      tenant,
      purpose,
      ts,
      seq: 1,
      action: 'incident.approve',
      policyDigest: policy?.digest,
    });
  });
});

describe('a build is refused', () => {
  const at = (name: string) => join(root.path, 'refused', name);
  const contract = (text: string) => write(at('contract.yaml'), text);
  const yaml = (items: string, percent = 90, decisions = 1) =>
    `required: [${items}]\npolicyCoverage: {minimumPercent: ${percent}}\ndecisionLog: {minimumDecisions: ${decisions}}\n`;

  it.each<[string, () => Partial<BuildRequest>, string]>([
    ['with a release that is no tag', () => ({ release: '../v1' }), 'evidence.release_malformed'],
    [
      'when the ledger export was changed',
      () => ({ ledgerExport: tampered('altered', (text) => text.replace('decided 2', 'decided 7')) }),
      'evidence.ledger_invalid',
    ],
    [
      'when the ledger export was cut',
      () => ({ ledgerExport: tampered('cut', (text) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)) }),
      'evidence.ledger_invalid',
    ],
    ['with the key of another log', () => ({ ledgerKeyFile: write(at('other.vkey'), 'x+00000000+AAAA') }), 'evidence.ledger_invalid'],
    ['without the ledger key', () => ({ ledgerKeyFile: at('none') }), 'evidence.input_unreadable'],
    ['without the export', () => ({ ledgerExport: at('none') }), 'evidence.ledger_invalid'],
    [
      'when a decision has no rule',
      () => ({ ledgerExport: writeExport(at('odd'), [{ decision: decision(1, { ruleId: '' }) }]) }),
      'evidence.item_malformed',
    ],
    ['without coverage', () => ({ coverageFile: at('none') }), 'evidence.input_unreadable'],
    ['with HTML for coverage', () => ({ coverageFile: write(at('c.html'), '<!doctype html><title>') }), 'evidence.item_malformed'],
    ['with coverage of nothing', () => ({ coverageFile: write(at('c0.json'), '{"files":{},"coverage":0}') }), 'evidence.item_malformed'],
    ['with too little coverage', () => ({ contractFile: contract(yaml('sbom.cdx.json', 98)) }), 'evidence.contract_unmet'],
    ['with too few decisions', () => ({ contractFile: contract(yaml('sbom.cdx.json', 90, 6)) }), 'evidence.contract_unmet'],
    ['without a required item', () => ({ contractFile: contract(yaml('sbom.cdx.json, k6.json')) }), 'evidence.item_missing'],
    ['with a contract that is none', () => ({ contractFile: contract('required: []\n') }), 'config.invalid'],
    ['with HTML for an SBOM', () => ({ sbomFile: write(at('s.html'), '<!doctype html><title>') }), 'evidence.item_malformed'],
    ['with JSON that is no SBOM', () => ({ sbomFile: write(at('s.json'), '{}') }), 'evidence.item_malformed'],
    ['where npm cannot make an SBOM', () => ({ sbomFile: undefined, project: broken() }), 'evidence.command_failed'],
    ['where there is no project', () => ({ sbomFile: undefined, project: at('none') }), 'evidence.input_unreadable'],
    ['without a policy', () => ({ policyDir: at('none') }), 'policy.bundle_unreadable'],
    ['with another policy.wasm', () => ({ policyDir: policy('wasm', 'policy.wasm', () => 'x') }), 'policy.digest_mismatch'],
    [
      'with a policy manifest that has a key twice',
      () => ({ policyDir: policy('twice', 'manifest.json', (text) => text.replace('{', '{"revision":"r0",')) }),
      'evidence.item_malformed',
    ],
    ['without git and without a commit', () => ({ commit: undefined, project: root.path }), 'evidence.commit_unknown'],
    ['with half a commit', () => ({ commit: COMMIT.slice(0, 12) }), 'evidence.commit_unknown'],
    ['with a commit and no time', () => ({ sourceDateEpoch: undefined }), 'evidence.time_unknown'],
    ['with a time that is none', () => ({ sourceDateEpoch: 'now' }), 'evidence.time_unknown'],
    ['with a manifest before that is none', () => ({ previousManifestFile: write(at('m.json'), '{}\n') }), 'evidence.bundle_invalid'],
    ['into a folder with something in it', () => ({ out: join(write(at('full/a'), ''), '..') }), 'evidence.out_not_empty'],
    ['into a file', () => ({ out: write(at('file'), '') }), 'evidence.out_not_empty'],
  ])('%s', async (name, change, code) => {
    const home = at(name.replaceAll(' ', '-'));
    const request = { ...writeInputs(home), ...change() };
    const before = readdirSync(home);
    await expect(buildBundle(request)).rejects.toMatchObject({ code, remedy: expect.any(String) });
    expect(readdirSync(home)).toEqual(before);
    expect(existsSync(join(home, 'bundle'))).toBe(false);
  });

  it('and nothing is left when writing fails', async () => {
    const request = writeInputs(at('unwritable'));
    const blocked = join(write(at('blocked'), ''), 'bundle');
    await expect(buildBundle({ ...request, out: blocked })).rejects.toMatchObject({ code: 'evidence.write_failed' });
  });

  it('and nothing is left when the finished folder cannot take its place', async () => {
    const request = writeInputs(at('linked'));
    mkdirSync(at('linked/real'));
    symlinkSync(at('linked/real'), request.out);
    const before = readdirSync(at('linked'));
    await expect(buildBundle(request)).rejects.toMatchObject({ code: 'evidence.write_failed' });
    expect(readdirSync(at('linked'))).toEqual(before);
  });

  it('but not into an empty folder', async () => {
    mkdirSync(at('empty'), { recursive: true });
    await expect(buildBundle({ ...writeInputs(at('into-empty')), out: at('empty') })).resolves.toMatchObject({ decisions: 5 });
  });

  function tampered(name: string, change: (text: string) => string): string {
    const folder = writeExport(at(name), entries);
    const file = join(folder, 'entries.jsonl');
    write(file, change(readFileSync(file, 'utf8')));
    return folder;
  }

  function policy(name: string, file: string, change: (text: string) => string): string {
    const { policyDir } = writeInputs(at(`policy-${name}`));
    write(join(policyDir, file), change(readFileSync(join(policyDir, file), 'utf8')));
    return policyDir;
  }

  function broken(): string {
    const folder = at('broken');
    write(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', dependencies: { missing: '1.0.0' } }));
    return folder;
  }
});

describe('policy coverage', () => {
  it('counts the policies and not their tests, and rounds down', () => {
    expect(normaliseCoverage(opaCoverage)).toEqual({
      coverage: 97.5,
      files: [
        { file: 'rules/a/a.rego', covered: 9, notCovered: 0 },
        { file: 'rules/b/b.rego', covered: 30, notCovered: 1 },
      ],
    });
    const almost = { files: { 'a.rego': { covered_lines: 89_999, not_covered_lines: 10_001 } }, coverage: 89.999 };
    expect(normaliseCoverage(JSON.stringify(almost)).coverage).toBe(89.99);
  });

  it('reads what OPA really prints', async () => {
    const folder = join(root.path, 'rego');
    write(join(folder, 'a.rego'), 'package a\n\ndefault allow := false\n\nallow if input.x == 1\n\ndeny if input.y == 2\n');
    write(join(folder, 'a_test.rego'), 'package a_test\n\nimport data.a\n\ntest_allow if a.allow with input as {"x": 1}\n');
    const { stdout } = await run(await resolveTool('opa'), ['test', '--coverage', '--format=json', '--bundle', '.'], { cwd: folder });
    expect(normaliseCoverage(stdout)).toEqual({ coverage: 33.33, files: [{ file: 'a.rego', covered: 1, notCovered: 2 }] });
  });
});
