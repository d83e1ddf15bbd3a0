import { answerOf, compose } from './compose.ts';
import { attributesOf, type Invariant, readInvariants } from './invariants-file.ts';
import { judge, type Policy } from './policy.ts';
import { type Analysed, assertProvable, type Finding, prove } from './prove.ts';
import { compareSample } from './sample.ts';
import { baselineDigits, inputOf, rulesFor, type Space, spaceOf } from './space.ts';
import { malformed, readSpace, type SpaceFile } from './space-file.ts';
import { viewsOf } from './views.ts';
import { circumstances, exampleOf } from './words.ts';

/** What was gone through for one action; counts are exact, of the attributes that its rules can read. */
export type ActionReport = {
  readonly action: string;
  readonly inputs: bigint;
  readonly allow: bigint;
  readonly stepUp: bigint;
  readonly deny: bigint;
  /** How many inputs the engine was asked. */
  readonly evaluations: number;
  readonly invariants: number;
  readonly milliseconds: number;
};

export type Analysis = { readonly actions: readonly ActionReport[]; readonly findings: readonly Finding[]; readonly sampled: number };

export type AnalyseOptions = {
  /** Only these actions; all of the policy's without it. */
  readonly actions?: readonly string[];
  /** Whole random inputs of each action on which composition is compared with the engine. */
  readonly sample?: number;
  readonly seed?: number;
  readonly onAction?: (report: ActionReport) => void;
};

/**
 * Goes through every input that `folder` (space.yaml, invariants.yaml) declares, action by action, and proves its invariants.
 *
 * @throws ToolError `analysis.*`
 */
export function analyse(policy: Policy, folder: string, options: AnalyseOptions = {}): Analysis {
  const { sample = 1_600, seed = 20_260_921, onAction = () => undefined } = options;
  const file = readSpace(folder);
  const invariants = readInvariants(folder);
  const actions = chosen(policy.engine.manifest.actions, options.actions);
  assertKnown(policy.engine.manifest.actions, file, invariants);
  const reports: ActionReport[] = [];
  const findings: Finding[] = [];
  for (const action of actions) {
    const own = invariants.filter((invariant) => invariant.actions === '*' || invariant.actions.includes(action));
    const { report, found } = analyseAction(policy, file, action, own, { sample, seed });
    onAction(report);
    reports.push(report);
    findings.push(...found);
  }
  return { actions: reports, findings, sampled: sample * actions.length };
}

/**
 * The actions that are asked for, in the order of their names.
 *
 * @throws ToolError `analysis.malformed` when the policy does not know one
 */
export function chosen(known: readonly string[], asked: readonly string[] = known): string[] {
  const unknown = asked.find((action) => !known.includes(action));
  if (unknown !== undefined) throw malformed(`the policy knows no action \`${unknown}\``);
  return known.filter((action) => asked.includes(action)).toSorted();
}

type Sample = { readonly sample: number; readonly seed: number };

function analyseAction(policy: Policy, file: SpaceFile, action: string, invariants: readonly Invariant[], { sample, seed }: Sample) {
  const started = performance.now();
  const { rules, gates } = policy.engine.manifest;
  const space = spaceOf({ file, action, rules: rulesFor(action, rules), gates, mentioned: invariants.flatMap(attributesOf) });
  for (const invariant of invariants) assertProvable(invariant, space);
  const views = viewsOf([policy], space);
  const standings = views.flatMap(({ start, sides }) => sides.map((tables) => ({ start, tables })));
  compareSample(space, standings, sample, seed);
  const analysed: Analysed = { policy, space, views };
  const broken = baselineFinding(policy, space);
  // What must be enough, all else as in the baseline, says nothing more where the baseline itself is not allowed.
  const provable = invariants.filter(({ enough }) => broken === undefined || enough === undefined);
  const found = [broken, ...provable.map((invariant) => prove(invariant, analysed))];
  const counts = countsOf(analysed);
  const report: ActionReport = {
    action,
    ...counts,
    inputs: counts.allow + counts.stepUp + counts.deny,
    evaluations: standings.reduce((sum, { tables }) => sum + tables.evaluations, sample),
    invariants: invariants.length + 1,
    milliseconds: Math.round(performance.now() - started),
  };
  return { report, found: found.filter((finding) => finding !== undefined) };
}

function countsOf({ views }: Analysed): Pick<ActionReport, 'allow' | 'deny' | 'stepUp'> {
  const counts = { ALLOW: 0n, STEP_UP: 0n, DENY: 0n };
  for (const view of views) {
    for (const { parts, count } of compose(view, [], 'result')) {
      const [tables, part] = [view.sides[0], parts[0]];
      if (tables !== undefined && part !== undefined) counts[answerOf(tables, part).result] += count;
    }
  }
  return { allow: counts.ALLOW, stepUp: counts.STEP_UP, deny: counts.DENY };
}

/** The nearest allowed input is what counterexamples are told from, so it must be allowed. */
function baselineFinding(policy: Policy, space: Space): Finding | undefined {
  const digits = baselineDigits(space);
  const { result, ruleId } = judge(policy, inputOf(space, digits));
  if (result === 'ALLOW') return undefined;
  const example = exampleOf(space, digits);
  const words = `\`${space.action}\` is ${result} by \`${ruleId}\` ${circumstances(space, [])}`;
  return { invariant: 'baseline', title: 'What the action is for is allowed', action: space.action, words, result, ruleId, example };
}

function assertKnown(actions: readonly string[], file: SpaceFile, invariants: readonly Invariant[]): void {
  const missing = actions.find((action) => file.actions[action] === undefined);
  if (missing !== undefined) throw malformed(`space.yaml has no baseline for the action \`${missing}\``);
  const named = [...Object.keys(file.actions), ...invariants.flatMap((invariant) => (invariant.actions === '*' ? [] : invariant.actions))];
  const unknown = named.find((action) => !actions.includes(action));
  if (unknown !== undefined) throw malformed(`the policy knows no action \`${unknown}\`, which the analysis names`);
  const ids = invariants.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw malformed(`two invariants are called \`${twice}\``);
}
