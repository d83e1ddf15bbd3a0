import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/index.ts';
import { buildBundle } from '../../src/evidence/index.ts';
import { run } from '../../src/workbench/index.ts';
import {
  COMMIT,
  contract,
  decision,
  entries,
  policyName,
  readJson,
  sbom,
  temporaryFolder,
  write,
  writeExport,
  writeInputs,
} from './fixture.ts';

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
  let request: ReturnType<typeof writeInputs>;
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
      contract: 'inputs/contract.yaml',
      item: 'decision-coverage=inputs/coverage.json',
    };
    const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
    await run(process.execPath, [cli, 'build', ...args], { cwd: home, env: { ...process.env, ...env } });
    return treeOf(join(home, 'out/bundle'));
  }

  it('give the same bytes, wherever, whenever and in whatever time zone', async () => {
    const first = await buildElsewhere('one', { TZ: 'Pacific/Kiritimati', LANG: 'C' });
    const second = await buildElsewhere('two/with spaces', { TZ: 'America/Caracas', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' });
    expect(second).toEqual(first);
    expect(Object.keys(first)).toHaveLength(15);

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
    const first = await buildBundle({
      ...request,
      out: join(root.path, 'order-a'),
      items: [coverage(), { kind: 'sbom-cyclonedx', file: a }],
    });
    const second = await buildBundle({
      ...request,
      out: join(root.path, 'order-b'),
      items: [{ kind: 'sbom-cyclonedx', file: b }, coverage()],
    });
    expect(second.manifestDigest).toBe(first.manifestDigest);
  });

  function coverage() {
    return { kind: 'decision-coverage', file: join(root.path, 'same/coverage.json') };
  }

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
    const longer = writeInputs(join(root.path, 'second'), [...entries, { later: true }]);
    const { manifest } = await buildBundle({ ...longer, release: 'v1.2.4-rc.1', previousManifestFile });
    expect(first.manifest.ledger.prevManifest).toBeNull();
    expect(manifest.ledger.prevManifest).toBe(digestOf(readFileSync(previousManifestFile)));
    expect(manifest).toMatchObject({
      format: 1,
      release: 'v1.2.4-rc.1',
      kind: 'standard',
      at: '2026-01-01T00:00:00.000Z',
      source: { commit: COMMIT, modified: null },
      signature: 'cosign:manifest.sigstore.json',
      ledger: { origin: 'countersign.test/alpha', size: 8, checkpoint: 'ledger-checkpoint', proof: 'ledger-proofs.json', built: null },
      policy: { revision: 'r1' },
      contract: { verdict: 'PASSED', required: ['sbom-cyclonedx', 'provenance', 'decision-log', 'decision-coverage'], missing: [] },
      parent: null,
    });
    expect(manifest.artifacts.map((item) => item.name)).toEqual([
      'HOW-TO-VERIFY.md',
      'access-log.jsonl',
      'contract.json',
      'decision-log.jsonl',
      'empty-root.json',
      'erasure-log.jsonl',
      'index.html',
      'ledger-checkpoint',
      'ledger-proofs.json',
      'policy-coverage.json',
      'policy-manifest.json',
      'provenance.json',
      'sbom.cdx.json',
      'verdict.json',
    ]);
    const { consistency } = readJson(join(longer.out, 'ledger-proofs.json'));
    expect(consistency).toMatchObject({ from: { size: 7, root: first.manifest.ledger.root }, path: expect.any(Array) });
  });

  it('does not chain to a log that this one does not continue', async () => {
    const first = await buildBundle(writeInputs(join(root.path, 'honest')));
    const previousManifestFile = join(first.folder, 'manifest.json');
    const [, ...others] = entries;
    const forked = writeInputs(join(root.path, 'forked'), [{ opened: false }, ...others, { later: true }]);
    const shorter = writeInputs(join(root.path, 'shorter'), entries.slice(0, -1));
    for (const request of [forked, shorter]) {
      await expect(buildBundle({ ...request, previousManifestFile })).rejects.toMatchObject({ code: 'evidence.ledger_invalid' });
      expect(existsSync(request.out)).toBe(false);
    }
  });

  it('has a decision log with the fields of the seed', async () => {
    const { folder } = await buildBundle(writeInputs(join(root.path, 'log')));
    const lines = readFileSync(join(folder, 'decision-log.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.seq)).toEqual([1, 2, 3, 5, 6]);
    const { decisionId, ruleId, result, explanation, tenant, purpose, ts } = decision(1);
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
      policyDigest: policyName,
    });
  });

  it('has an item of any size by its digest, under its own name', async () => {
    const folder = join(root.path, 'large');
    const file = write(join(folder, 'heap.bin'), Buffer.alloc(3 * 2 ** 20 + 7, 'countersign'));
    const inputs = writeInputs(folder);
    const { manifest } = await buildBundle({
      ...inputs,
      items: [...inputs.items, { kind: 'file', file, madeAt: '2025-12-31T23:00:00+01:00' }],
    });
    expect(manifest.artifacts.find(({ name }) => name === 'heap.bin')).toEqual({
      name: 'heap.bin',
      kind: 'file',
      sha256: digestOf(readFileSync(file)).slice(7),
      size: 3 * 2 ** 20 + 7,
      mediaType: 'application/octet-stream',
      predicateType: 'https://in-toto.io/attestation/reference/v0.1',
      madeAt: '2025-12-31T22:00:00.000Z',
      summary: { bytes: 3 * 2 ** 20 + 7 },
    });
    expect(readFileSync(join(inputs.out, 'heap.bin')).equals(readFileSync(file))).toBe(true);
  });
});

describe('a build is refused', () => {
  const at = (name: string) => join(root.path, 'refused', name);
  type Inputs = ReturnType<typeof writeInputs>;
  const items = (kind: string, content: string, more = {}) => ({ items: [{ kind, file: write(at(`${kind}.in`), content), ...more }] });

  it.each<[string, () => Partial<Inputs>, string]>([
    ['with a release that is no tag', () => ({ release: '../v1' }), 'evidence.release_malformed'],
    ['with a release of 101 characters', () => ({ release: `v1.0.0-${'a'.repeat(94)}` }), 'evidence.release_malformed'],
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
    ['with an item that is not there', () => ({ items: [{ kind: 'decision-coverage', file: at('none') }] }), 'evidence.input_unreadable'],
    ['with a folder for an item', () => ({ items: [{ kind: 'file', file: root.path }] }), 'evidence.input_unreadable'],
    ['with a kind that nobody knows', () => items('gossip', 'x'), 'evidence.kind_unknown'],
    ['with a kind that the ledger gives', () => items('decision-log', 'x'), 'evidence.kind_unknown'],
    ['with HTML for coverage', () => items('decision-coverage', '<!doctype html><title>'), 'evidence.item_malformed'],
    ['with HTML for an SBOM', () => items('sbom-cyclonedx', '<!doctype html><title>'), 'evidence.item_malformed'],
    ['with the provenance of another release', () => items('provenance', provenance('v1.2.2', COMMIT)), 'evidence.item_malformed'],
    ['with the provenance of another commit', () => items('provenance', provenance('v1.2.3', '0'.repeat(40))), 'evidence.item_malformed'],
    ['with an item that takes the name of another', () => items('file', 'x', { name: 'sbom.cdx.json' }), 'evidence.name_taken'],
    ['with an item that takes the name of a log', () => items('file', 'x', { name: 'access-log.jsonl' }), 'evidence.name_taken'],
    ['with an item named like a signature', () => items('file', 'x', { name: 'a.sigstore.json' }), 'evidence.item_malformed'],
    ['with an item whose statement would be a signature', () => items('file', 'x', { name: 'manifest.2' }), 'evidence.name_taken'],
    ['with an item whose name leads elsewhere', () => items('file', 'x', { name: '../x' }), 'evidence.item_malformed'],
    ['with an item of another extension', () => items('decision-coverage', '{}', { name: 'coverage.html' }), 'evidence.item_malformed'],
    ['with a time that is none', () => items('file', 'x', { madeAt: 'yesterday' }), 'evidence.time_unknown'],
    ['with a contract that is none', () => ({ contractFile: write(at('c1.yaml'), 'required: []\n') }), 'config.invalid'],
    ['with a contract of other releases', () => ({ kind: 'hotfix' }), 'evidence.contract_malformed'],
    [
      'with a contract that asks twice',
      () => ({ contractFile: write(at('c2.yaml'), `${contract}    - { item: provenance }\n`) }),
      'evidence.contract_malformed',
    ],
    [
      'with a contract of no known kind',
      () => ({ contractFile: write(at('c3.yaml'), `${contract}    - { item: gossip }\n`) }),
      'config.invalid',
    ],
    ['where npm cannot make an SBOM', () => ({ items: [], project: broken() }), 'evidence.command_failed'],
    ['where there is no project', () => ({ items: [], project: at('none') }), 'evidence.input_unreadable'],
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
    ['with an epoch that is none', () => ({ sourceDateEpoch: 'now' }), 'evidence.time_unknown'],
    ['with an epoch that no archive can hold', () => ({ sourceDateEpoch: String(8 ** 11) }), 'evidence.time_unknown'],
    ['with a manifest before that is none', () => ({ previousManifestFile: write(at('m.json'), '{}\n') }), 'evidence.bundle_invalid'],
    ['into a folder with something in it', () => ({ out: join(write(at('full/a'), ''), '..') }), 'evidence.out_not_empty'],
    ['into a file', () => ({ out: write(at('file'), '') }), 'evidence.out_not_empty'],
  ])('%s', async (name, change, code) => {
    const home = at(name.replaceAll(' ', '-'));
    const inputs = writeInputs(home);
    const { items: more = [], ...rest } = change();
    const request = {
      ...inputs,
      ...rest,
      items: rest.project === undefined ? [...more, ...inputs.items.filter(({ kind }) => !more.some((item) => item.kind === kind))] : more,
    };
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

  it('and nothing is left when it is interrupted in the middle of a copy', async () => {
    const home = at('interrupted');
    const inputs = writeInputs(home);
    const file = write(join(home, 'heap.bin'), Buffer.alloc(5 * 2 ** 20));
    const before = readdirSync(home);
    const controller = new AbortController();
    const onProgress = (done: number): void => (done > 2 ** 20 ? controller.abort() : undefined);
    const request = { ...inputs, items: [{ kind: 'file', file }, ...inputs.items], signal: controller.signal, onProgress };
    await expect(buildBundle(request)).rejects.toMatchObject({ code: 'evidence.interrupted' });
    expect(readdirSync(home)).toEqual(before);
  });

  it('but not into an empty folder', async () => {
    mkdirSync(at('empty'), { recursive: true });
    const { manifest } = await buildBundle({ ...writeInputs(at('into-empty')), out: at('empty') });
    expect(manifest.contract.verdict).toBe('PASSED');
  });

  function provenance(release: string, gitCommit: string): string {
    const buildDefinition = {
      buildType: 'https://example.org/b',
      externalParameters: { release },
      resolvedDependencies: [{ digest: { gitCommit } }],
    };
    return JSON.stringify({ buildDefinition, runDetails: { builder: { id: 'https://example.org/ci' } } });
  }

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
