import type { Command } from 'commander';
import { type Example, type Group, type ReplayReport, readCandidate, replay, resolveTool } from '../../workbench/index.ts';
import { CliError } from '../errors.ts';
import { exitCode, lines, print, run } from '../report.ts';
import { parseMoment, type RecordsOptions, withRecords, withRecordsOptions } from './records.ts';

type ReplayOptions = RecordsOptions & {
  readonly candidate: string;
  readonly since?: string;
  readonly examples: string;
  readonly json: boolean;
};

/** `countersign policy replay`: what another policy would have decided differently, on the decisions of the ledger. */
export function replayCommand(policy: Command): void {
  const command = policy
    .command('replay')
    .description('decide recorded decisions again with a candidate, and show what changes; exit code 1 when something does')
    .requiredOption('--candidate <folder>', 'a compiled policy, or a folder of sources to compile')
    .option('--since <moment>', 'only decisions from then on: RFC 3339 or a date')
    .option('--examples <number>', 'how many to show of each kind of change', '3')
    .option('--json', 'print the report as JSON', false);
  withRecordsOptions(command).action((options: ReplayOptions) => run(() => replayLedger(options)));
}

async function replayLedger(options: ReplayOptions): Promise<void> {
  const since = parseMoment('--since', options.since);
  const examples = parseCount(options.examples);
  const candidate = await readCandidate(options.candidate, () => resolveTool('opa'));
  const report = await withRecords(options, (records) => replay({ records, candidate, since, examples, onProgress }));
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (report.changed > 0) process.exitCode = exitCode.failed;
  print(options.json ? JSON.stringify(report, null, 2) : describe(report));
}

function parseCount(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new CliError('cli.invalid_option', `--examples is \`${text}\`, which is not a number`, {
    remedy: 'give a whole number, 0 for none',
  });
}

function onProgress(entries: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${entries} entries`);
}

function describe(report: ReplayReport): string {
  const { candidate, recordedBy } = report;
  return lines([
    `candidate ${candidate.revision}, ${candidate.digest}`,
    ...recordedBy.map(({ revision, digest, count }) => `${count} decided by ${revision}, ${digest}`),
    '',
    ...totalsOf(report),
    ...report.groups.flatMap(describeGroup),
    ...faultsOf(report),
  ]);
}

function totalsOf({ entries, replayed, unchanged, reworded, changed, kinds, notReplayable, faults, decisions }: ReplayReport): string[] {
  const { altered, erased, malformed, missing } = notReplayable;
  const optional = [
    [reworded, 'of them say it in other words'],
    [erased.count, `not replayable: parts of the input were erased${listOf(erased.decisionIds)}`],
    [altered.count, `not replayable: the input is not the one decided on, verify the log${listOf(altered.decisionIds)}`],
    [malformed, 'not replayable: the entry cannot be read, verify the log'],
    [missing, 'missing: places of the log that hold no entry, verify the log'],
    [faults.count, 'denied by `engine.fault`, which no policy decided: not compared'],
    [entries.notDecisions, 'entries that are not decisions'],
    [entries.before, 'entries from before --since'],
  ] as const;
  return [
    `${replayed} of ${decisions} decisions replayed: ${unchanged} unchanged, ${changed} changed`,
    ...kinds.map(({ kind, count }) => `  ${count} ${kind}`),
    ...optional.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`),
  ];
}

function listOf(ids: readonly string[]): string {
  return ids.length === 0 ? '' : ` (${ids.join(', ')})`;
}

function describeGroup({ kind, action, roles, recordedRule, candidateRule, count, examples }: Group): string[] {
  const rule = recordedRule === candidateRule ? recordedRule : `${recordedRule} → ${candidateRule}`;
  return ['', `${kind}: ${count} × ${action} as ${roles}, ${rule}`, ...examples.flatMap(describeExample)];
}

function describeExample({ decisionId, ts, actor, subject, recorded, candidate }: Example): string[] {
  const side = ({ result, ruleId, explanation }: Example['recorded']): string => `${result} by ${ruleId}: ${explanation}`;
  return [`  ${decisionId} ${ts} ${actor} on ${subject}`, `    was   ${side(recorded)}`, `    would ${side(candidate)}`];
}

function faultsOf({ faults }: ReplayReport): string[] {
  return faults.examples.length === 0 ? [] : ['', 'denied by engine.fault:', ...faults.examples.flatMap(describeExample)];
}
