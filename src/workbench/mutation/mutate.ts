import { ToolError } from '../errors.ts';
import { readGoldenCases } from '../golden/cases.ts';
import { decideFromSources, disagreement, writeInputs } from '../golden/decide.ts';
import { attempt } from '../toolchain/run.ts';
import { type Equivalent, matchEquivalents, readEquivalents } from './equivalents.ts';
import { type Bench, type Fate, judge, type Lane, openLane } from './judge.ts';
import { type Mutant, readMutants } from './mutants.ts';
import { type MutationReport, reportOf } from './score.ts';

/** How far a run is: `done` of `total` mutants judged, `survived` of them so far, without the argued ones. */
export type Progress = { readonly done: number; readonly total: number; readonly survived: number };

export type MutateOptions = {
  /** The policies' folder; it is read, never written. */
  readonly folder: string;
  readonly opa: string;
  /** Only the files that hold the rule with this id. */
  readonly rule?: string | undefined;
  /** How many mutants are judged at once; 2 by default. */
  readonly lanes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
};

/**
 * Breaks the policies in every known way, one at a time and in temporary copies, and sees which breaks their tests and golden cases notice.
 *
 * @throws ToolError `policy.tests_fail` when they fail unbroken, `mutation.*` when mutation/equivalent.yaml is not right
 */
export async function mutatePolicies(options: MutateOptions): Promise<MutationReport> {
  const { folder, opa, rule, lanes: count = 2, signal = new AbortController().signal } = options;
  const mutants = await readMutants(opa, folder, rule);
  const equivalents = matchEquivalents(argued(folder, rule, mutants), mutants);
  const cases = readGoldenCases(folder);
  const inputs = writeInputs(cases.map(({ input }) => input));
  const bench: Bench = { folder, opa, cases, inputs, signal };
  const lanes: Lane[] = [];
  try {
    for (let index = 0; index < count; index += 1) lanes.push(openLane(bench));
    for (const lane of lanes.slice(0, 1)) await assertGreen(lane);
    const tell = options.onProgress ?? (() => {});
    return reportOf(await judgeAll(lanes, mutants, (mutant) => !equivalents.has(mutant), tell), equivalents);
  } finally {
    for (const lane of lanes) lane.close();
    inputs.close();
  }
}

/** With one rule named, the mutants of other files are not there to be matched. */
function argued(folder: string, rule: string | undefined, mutants: readonly Mutant[]): Equivalent[] {
  const all = readEquivalents(folder);
  return rule === undefined ? all : all.filter((entry) => mutants.some(({ file }) => file === entry.file));
}

/** A test that fails anyway would kill every mutant. */
async function assertGreen({ bench, root }: Lane): Promise<void> {
  const { code, stdout, stderr } = await attempt(bench.opa, ['test', '--fail-on-empty', '--bundle', '.'], {
    cwd: root,
    signal: bench.signal,
  });
  const failures = code === 0 ? [] : [`${stdout}${stderr}`.trim()];
  if (code === 0 && bench.cases.length > 0) {
    const decisions = await decideFromSources(bench.opa, root, bench.inputs, bench.signal);
    for (const [index, { name, expect }] of bench.cases.entries()) {
      const wrong = disagreement(expect, decisions[index] ?? []);
      if (wrong !== undefined) failures.push(`${name}: ${wrong}`);
    }
  }
  if (failures.length === 0) return;
  throw new ToolError('policy.tests_fail', ['the policies fail their tests before anything is changed:', ...failures].join('\n'), {
    remedy: 'make `countersign policy test` pass first',
  });
}

/** Every lane takes the next mutant when it is free. The first fault ends the run. */
async function judgeAll(
  lanes: readonly Lane[],
  mutants: readonly Mutant[],
  counts: (mutant: Mutant) => boolean,
  tell: (progress: Progress) => void,
): Promise<Map<Mutant, Fate>> {
  const fates = new Map<Mutant, Fate>();
  // A generator is over for all when one of its readers leaves early, an array's iterator is not.
  const queue = (function* () {
    yield* mutants;
  })();
  let survived = 0;
  const work = async (lane: Lane): Promise<void> => {
    for (const mutant of queue) {
      const fate = await judge(lane, mutant);
      fates.set(mutant, fate);
      if (fate === 'survived' && counts(mutant)) survived += 1;
      tell({ done: fates.size, total: mutants.length, survived });
    }
  };
  const ends = await Promise.allSettled(lanes.map(work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return new Map(mutants.flatMap((mutant) => [[mutant, fates.get(mutant) ?? 'survived'] as const]));
}
