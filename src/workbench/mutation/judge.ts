import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testsBeside } from '../author/touched.ts';
import { notSources } from '../compile/sources.ts';
import type { GoldenCase } from '../golden/cases.ts';
import { decideFromSources, disagreement, type InputFile } from '../golden/decide.ts';
import { attempt } from '../toolchain/run.ts';
import type { Mutant } from './mutants.ts';

/** `invalid`: it does not compile, so nothing was tested. */
export type Fate = 'killed' | 'survived' | 'invalid';

/** What judging needs: `inputs` are those of `cases`. */
export type Bench = {
  readonly folder: string;
  readonly opa: string;
  readonly cases: readonly GoldenCase[];
  readonly inputs: InputFile;
  readonly signal: AbortSignal;
};

/** A copy of the policies in which one mutant at a time stands. */
export type Lane = { readonly bench: Bench; readonly root: string; readonly close: () => void };

export function openLane(bench: Bench): Lane {
  const root = mkdtempSync(join(tmpdir(), 'countersign-mutate-'));
  const outside = notSources.map((name) => join(bench.folder, name));
  cpSync(bench.folder, root, { recursive: true, filter: (path) => !outside.includes(path) });
  return { bench, root, close: () => rmSync(root, { recursive: true, force: true }) };
}

/** Puts the mutant into the lane, runs what could kill it, the cheapest first, and takes it out again. */
export async function judge(lane: Lane, mutant: Mutant): Promise<Fate> {
  const file = join(lane.root, mutant.file);
  const original = readFileSync(file);
  writeFileSync(file, mutant.text);
  try {
    return await fateOf(lane, mutant);
  } finally {
    // The folder is gone when the whole run was called off.
    if (existsSync(lane.root)) writeFileSync(file, original);
  }
}

async function fateOf(lane: Lane, mutant: Mutant): Promise<Fate> {
  const beside = testsBeside(lane.root, [mutant.file]);
  const own = beside === undefined ? 'survived' : await runTests(lane, beside);
  if (own !== 'survived') return own;
  const all = await runTests(lane);
  return all === 'survived' ? await runGolden(lane) : all;
}

/** `opa test` ends with 0 when all pass, 2 when one does not, 1 when the policies do not compile. */
async function runTests({ bench, root }: Lane, only?: string): Promise<Fate> {
  const chosen = only === undefined ? [] : ['--run', only];
  const { code } = await attempt(bench.opa, ['test', '--bundle', '.', ...chosen], { cwd: root, signal: bench.signal });
  return code === 0 ? 'survived' : code === 1 ? 'invalid' : 'killed';
}

async function runGolden({ bench, root }: Lane): Promise<Fate> {
  if (bench.cases.length === 0) return 'survived';
  try {
    const decisions = await decideFromSources(bench.opa, root, bench.inputs, bench.signal);
    const differs = bench.cases.some(({ expect }, index) => disagreement(expect, decisions[index] ?? []) !== undefined);
    return differs ? 'killed' : 'survived';
  } catch (error) {
    // A fault of evaluation is an answer that differs.
    if (bench.signal.aborted) throw error;
    return 'killed';
  }
}
