import type { Command } from 'commander';
import { type Analysis, analyse, counted, type Finding, loadPolicy } from '../../workbench/index.ts';
import { exitCode, print, run, table } from '../report.ts';
import { exactJson, ownPolicies, progress, progressDone, spaceFolder } from './space.ts';

type Options = { readonly space?: string; readonly action?: string[]; readonly json: boolean };

/** `countersign policy analyse [FOLDER]`: proves the invariants over every input that the space declares. */
export function analyseCommand(policy: Command): void {
  policy
    .command('analyse')
    .description('prove the invariants over every input that policies/analysis declares')
    .argument('[folder]', 'sources or a compiled policy', ownPolicies())
    .option('--space <folder>', 'where space.yaml and invariants.yaml are; without it beside the sources, else our own')
    .option('--action <name...>', 'only these actions')
    .option('--json', 'print the report as JSON', false)
    .action((folder: string, options: Options) => run(() => analyseFolder(folder, options)));
}

async function analyseFolder(folder: string, { space, action, json }: Options): Promise<void> {
  const started = performance.now();
  const policy = await loadPolicy(folder);
  const found = analyse(policy, spaceFolder(space, folder), {
    ...(action === undefined ? {} : { actions: action }),
    onAction: progress('analysed'),
  });
  progressDone();
  const { revision, digest } = policy.engine.version;
  const milliseconds = Math.round(performance.now() - started);
  if (found.findings.length > 0) process.exitCode = exitCode.failed;
  if (json) print(exactJson({ policy: { revision, digest }, milliseconds, ...found }));
  else print([reportOf(found), `policy ${revision}, ${(milliseconds / 1000).toFixed(1)} s`, told(found.findings)].join('\n\n'));
}

function reportOf({ actions, sampled }: Analysis): string {
  const rows = actions.map((each) => [
    each.action,
    counted(each.inputs),
    counted(each.allow),
    counted(each.stepUp),
    counted(each.deny),
    String(each.invariants),
  ]);
  const evaluations = actions.reduce((sum, each) => sum + each.evaluations, 0);
  return [
    table([['action', 'inputs', 'ALLOW', 'STEP_UP', 'DENY', 'invariants'], ...rows]),
    '',
    `${counted(BigInt(evaluations))} evaluations, ${counted(BigInt(sampled))} of them whole random inputs that agree with what their rules say one by one`,
  ].join('\n');
}

function told(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'every invariant holds for every input';
  const lines = findings.map(({ invariant, title, words }) => `${invariant}: ${title}\n  but ${words}`);
  return [
    `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}, each with the input nearest to the baseline`,
    ...lines,
  ].join('\n\n');
}
