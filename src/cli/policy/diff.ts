import type { Command } from 'commander';
import { counted, type DiffGroup, diffPolicies, loadPolicy, type Policy, type PolicyDiff } from '../../workbench/index.ts';
import { exitCode, print, run, table } from '../report.ts';
import { exactJson, progress, progressDone, spaceFolder } from './space.ts';

type Options = { readonly space?: string; readonly action?: string[]; readonly json: boolean };

/** `countersign policy diff OLD NEW`: what a change decides differently, over every input there can be. */
export function diffCommand(policy: Command): void {
  policy
    .command('diff')
    .description('what two policies decide differently, over every input that policies/analysis declares')
    .argument('<old>', 'sources or a compiled policy')
    .argument('<new>', 'sources or a compiled policy')
    .option('--space <folder>', 'where space.yaml is; without it beside the new sources, else the old, else our own')
    .option('--action <name...>', 'only these actions')
    .option('--json', 'print the difference as JSON', false)
    .action((before: string, after: string, options: Options) => run(() => diff(before, after, options)));
}

async function diff(before: string, after: string, { space, action, json }: Options): Promise<void> {
  const [one, other] = [await loadPolicy(before), await loadPolicy(after)];
  const found = diffPolicies(one, other, spaceFolder(space, after, before), {
    ...(action === undefined ? {} : { actions: action }),
    onAction: progress('compared'),
  });
  progressDone();
  if (found.groups.length > 0) process.exitCode = exitCode.failed;
  if (json) print(exactJson({ before: one.engine.version, after: other.engine.version, ...found }));
  else print(textOf(one, other, found));
}

function textOf(before: Policy, after: Policy, { actions, groups }: PolicyDiff): string {
  const head = [titled('-', before), titled('+', after)];
  const inputs = counted(actions.reduce((sum, each) => sum + each.inputs, 0n));
  if (groups.length === 0) return [...head, '', `no input of ${inputs} over ${actions.length} actions is decided differently`].join('\n');
  return [...head, '', totals(groups, inputs), ...groups.toSorted(byWeight).map(paragraph)].join('\n');
}

function titled(sign: string, { label, engine }: Policy): string {
  return `${sign} ${label} (policy ${engine.version.revision})`;
}

function changeOf({ before, after }: DiffGroup): string {
  return before.result === after.result ? `${before.result}, by another rule` : `${before.result} → ${after.result}`;
}

function totals(groups: readonly DiffGroup[], inputs: string): string {
  const rows = [...Map.groupBy(groups, changeOf)].map(([change, same]) => [
    change,
    counted(same.reduce((sum, each) => sum + each.inputs, 0n)),
    [...new Set(same.map(({ action }) => action))].join(', '),
  ]);
  return `${table([['change', 'inputs', 'actions'], ...rows.toSorted()])}\nof ${inputs} inputs`;
}

/** Changed answers before changed reasons, allowed before denied; then by action. */
function byWeight(one: DiffGroup, other: DiffGroup): number {
  const weight = ({ before, after }: DiffGroup) => {
    if (before.result === after.result) return 2;
    return after.result === 'ALLOW' ? 0 : 1;
  };
  return weight(one) - weight(other) || (one.action < other.action ? -1 : 1);
}

function paragraph(group: DiffGroup): string {
  const { action, before, after, inputs, words } = group;
  const rules = before.ruleId === after.ruleId ? before.ruleId : `${before.ruleId} → ${after.ruleId}`;
  return `\n${action}: ${changeOf(group)}, ${rules}: ${counted(inputs)} inputs\n  roles: ${rolesOf(group)}\n  nearest: ${words}`;
}

/** Single roles by name, with their inputs; holders of several are added up. */
function rolesOf({ roles }: DiffGroup): string {
  const several = roles.filter(({ roles: who }) => who.includes(' and '));
  const single = roles.filter((each) => !several.includes(each)).map(({ roles: who, inputs }) => `${who} ${counted(inputs)}`);
  const rest = several.reduce((sum, { inputs }) => sum + inputs, 0n);
  return [...single, ...(rest === 0n ? [] : [`several at once ${counted(rest)}`])].join(', ');
}
