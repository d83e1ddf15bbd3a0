import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { digestOf } from '../src/core/index.ts';
import { ToolError } from './errors.ts';
import { isMain, script } from './main.ts';
import { type PolicyRule, readActions, readRules } from './policy-catalogue.ts';
import { readSources, revisionOf, stage } from './policy-sources.ts';
import { resolveTool, versionOf } from './resolve.ts';
import { run } from './run.ts';

const entrypoint = 'main/decision';

/** Beside the compiled policy: what it was made from and what it knows. */
export type PolicyManifest = {
  readonly revision: string;
  readonly digest: string;
  readonly entrypoint: string;
  readonly opa: string;
  readonly actions: readonly string[];
  readonly rules: readonly PolicyRule[];
};

/** The files of policies/dist, by name. */
type Compiled = ReadonlyMap<string, Buffer>;

/** Compiles the policies in `folder`: same sources and same OPA, same bytes. */
export async function compilePolicies(folder: string, opa: string): Promise<Compiled> {
  const work = mkdtempSync(join(tmpdir(), 'countersign-policy-'));
  try {
    return await compileIn(work, folder, opa);
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function compileIn(work: string, folder: string, opa: string): Promise<Compiled> {
  const sources = readSources(folder);
  const revision = revisionOf(sources);
  const staged = join(work, 'policies');
  stage(sources, staged);
  const { wasm, data } = await bundle({ opa, staged, work, revision, capabilities: join(folder, 'capabilities.json') });
  const manifest: PolicyManifest = {
    revision,
    digest: digestOf(wasm),
    entrypoint,
    opa: (await versionOf(opa)) ?? 'unknown',
    actions: await readActions(opa, staged),
    rules: await readRules(opa, staged),
  };
  return new Map([
    ['policy.wasm', wasm],
    ['data.json', data],
    ['manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)],
  ]);
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

function write(compiled: Compiled, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of compiled) writeFileSync(join(folder, name), bytes);
  process.stdout.write(`wrote ${[...compiled.keys()].join(', ')} to ${folder}\n`);
}

/** @throws ToolError `policy.stale`, naming the first file that is not what the sources compile to. */
export function assertCurrent(compiled: Compiled, folder: string): void {
  for (const [name, bytes] of compiled) {
    const file = join(folder, name);
    const difference = firstDifference(bytes, readIfThere(file));
    if (difference === undefined) continue;
    throw new ToolError('policy.stale', `\`${file}\` is not what the sources compile to: ${difference}`, {
      remedy: 'run `npm run policy:build` and commit policies/dist',
    });
  }
}

function firstDifference(compiled: Buffer, committed: Buffer | undefined): string | undefined {
  if (committed === undefined) return 'it does not exist';
  if (compiled.equals(committed)) return undefined;
  const length = Math.min(compiled.length, committed.length);
  let at = 0;
  while (at < length && compiled[at] === committed[at]) at += 1;
  return `${committed.length} bytes instead of ${compiled.length}, first difference at byte ${at}`;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { source: { type: 'string' }, out: { type: 'string' }, check: { type: 'boolean', default: false } },
  });
  const source = resolve(values.source ?? join(import.meta.dirname, '..', 'policies'));
  const out = resolve(values.out ?? join(source, 'dist'));
  const compiled = await compilePolicies(source, await resolveTool('opa'));
  if (!values.check) return write(compiled, out);
  assertCurrent(compiled, out);
  process.stdout.write(`${out} is what the sources compile to\n`);
}

if (isMain(import.meta.url)) await script(main);
