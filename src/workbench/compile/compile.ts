import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../core/index.ts';
import { policyDigest, type SelfTestCase } from '../../policy/index.ts';
import { versionOf } from '../toolchain/resolve.ts';
import { run } from '../toolchain/run.ts';
import { type PolicyRule, readActions, readRules } from './catalogue.ts';
import { readGoldenCases } from './golden.ts';
import { readSources, revisionOf, stage } from './sources.ts';

const entrypoint = 'main/decision';

/** Beside the compiled policy: what it was made from and what it knows. */
export type PolicyManifest = {
  readonly revision: string;
  readonly serial: number;
  readonly digest: string;
  readonly selfTest: string;
  readonly entrypoint: string;
  readonly opa: string;
  readonly actions: readonly string[];
  readonly rules: readonly PolicyRule[];
};

/** The files of policies/dist, by name. */
export type Compiled = ReadonlyMap<string, Buffer>;

/**
 * Compiles the policies in `folder`: same sources, same OPA and same serial, same bytes.
 *
 * @param serial goes into the manifest: what it is upon the policies that came before
 * @throws ToolError `tool.failed` with what OPA said, `policy.malformed`, `policy.golden_malformed`
 */
export async function compilePolicies(folder: string, opa: string, serial = 1): Promise<Compiled> {
  const work = mkdtempSync(join(tmpdir(), 'countersign-policy-'));
  try {
    return await compileIn(work, folder, opa, serial);
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function compileIn(work: string, folder: string, opa: string, serial: number): Promise<Compiled> {
  const sources = readSources(folder);
  const revision = revisionOf(sources);
  const staged = join(work, 'policies');
  stage(sources, staged);
  const { wasm, data } = await bundle({ opa, staged, work, revision, capabilities: join(folder, 'capabilities.json') });
  const selfTest = selfTestOf(folder);
  const manifest: PolicyManifest = {
    revision,
    serial,
    digest: policyDigest({ wasm, data, entrypoint }),
    selfTest: digestOf(selfTest),
    entrypoint,
    opa: (await versionOf(opa)) ?? 'unknown',
    actions: await readActions(opa, staged),
    rules: await readRules(opa, staged),
  };
  return new Map([
    ['policy.wasm', wasm],
    ['data.json', data],
    ['selftest.json', selfTest],
    ['manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)],
  ]);
}

/** The golden cases travel with the policy, one a line: where it is loaded it shows that it decides there as it did here. */
function selfTestOf(folder: string): Buffer {
  const cases = readGoldenCases(folder).map(
    ({ name, input, expect: { result, ruleId, unmet } }): SelfTestCase => ({ name, input, expect: { result, ruleId, unmet } }),
  );
  return Buffer.from(`[${cases.map((one) => `\n${JSON.stringify(one)}`).join(',')}\n]\n`);
}

type BundleRequest = {
  readonly opa: string;
  readonly staged: string;
  readonly work: string;
  readonly revision: string;
  readonly capabilities: string;
};

async function bundle({ opa, staged, work, revision, capabilities }: BundleRequest): Promise<{ wasm: Buffer; data: Buffer }> {
  const archive = join(work, 'bundle.tar.gz');
  const unpacked = join(work, 'bundle');
  const target = ['--target', 'wasm', '--entrypoint', entrypoint, '--optimize', '1', '--prune-unused', '--capabilities', capabilities];
  // From inside the folder: the paths that end up in the module do not depend on where the checkout is.
  await run(opa, ['build', ...target, '--revision', revision, '--output', archive, '--bundle', '.'], { cwd: staged });
  mkdirSync(unpacked);
  await run('tar', ['-xzf', archive, '-C', unpacked]);
  return { wasm: readFileSync(join(unpacked, 'policy.wasm')), data: readFileSync(join(unpacked, 'data.json')) };
}
