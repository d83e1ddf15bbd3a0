import { join } from 'node:path';
import type { Command } from 'commander';
import { loadActive } from '../../bundles/index.ts';
import { loadConfig, packageRoot } from '../../config/index.ts';
import { isId, tenantId } from '../../core/index.ts';
import { PolicyEngine, readBundle } from '../../policy/index.ts';
import { readPolicies } from '../../start/index.ts';
import type { Database } from '../../storage/index.ts';
import { type Explanation, explain, type PolicyOf, type RuleView, type Today } from '../../workbench/index.ts';
import { CliError } from '../errors.ts';
import { exitCode, lines, print, run } from '../report.ts';
import { type RecordsOptions, withRecords, withRecordsOptions } from './records.ts';

type ExplainOptions = RecordsOptions & { readonly policy?: string; readonly json: boolean };

/** `countersign policy explain`: why a decision came out as it did, from the ledger alone. */
export function explainCommand(policy: Command): void {
  const command = policy
    .command('explain')
    .description('explain a recorded decision; exit code 1 when there is none of that id')
    .argument('<decisionId>', 'as in the answer, or in the header X-IG-Decision-Id')
    .option('--policy <folder>', 'the compiled policy to compare with, instead of the one in force')
    .option('--json', 'print it as JSON', false);
  withRecordsOptions(command).action((decisionId: string, options: ExplainOptions) => run(() => explainOne(decisionId, options)));
}

async function explainOne(decisionId: string, options: ExplainOptions): Promise<void> {
  if (!isId('decision', decisionId)) {
    throw new CliError('cli.invalid_option', `\`${decisionId}\` is not the id of a decision`, { remedy: 'it looks like dec_<UUIDv7>' });
  }
  const found = await withRecords(options, (records, database) => explain(decisionId, records, policyOf(options, database)));
  if (found === undefined) {
    process.exitCode = exitCode.failed;
    process.stderr.write(`there is no decision ${decisionId} in ${options.export ?? options.log ?? 'any log'}\n`);
    return;
  }
  print(options.json ? JSON.stringify(found, null, 2) : describe(found));
}

/** The policy that was named; else the one in force for the tenant, which an export does not tell: then the one that ships. */
function policyOf({ policy }: ExplainOptions, database: Database | undefined): PolicyOf {
  if (policy !== undefined) return async () => PolicyEngine.load(readBundle(policy));
  return async (tenant) => {
    if (database === undefined) return PolicyEngine.load(readBundle(join(packageRoot(), 'policies', 'dist')));
    return loadActive(database, tenantId(tenant), await readPolicies(loadConfig()));
  };
}

function describe(found: Explanation): string {
  const { decision, entry, determining, unmet, input, effect } = found;
  const roles =
    input.state === 'exact' ? ` (${entry.actor.kind}; ${input.input.actor.roles.join(', ') || 'no roles'})` : ` (${entry.actor.kind})`;
  return lines([
    `${decision.result} by ${titled(determining)}`,
    `  ${decision.explanation}`,
    ...(decision.result === 'ALLOW' ? valuesIn(determining) : []),
    '',
    `decision   ${decision.decisionId}`,
    `who        ${entry.actor.id}${roles}, purpose ${decision.purpose}`,
    `what       ${entry.type} on ${entry.subject}`,
    `when       ${decision.ts}, decided in ${decision.micros} µs`,
    `policy     ${decision.policy.revision}, ${decision.policy.digest}`,
    `input      ${describeInput(found)}`,
    `effect     ${effect === null ? 'none' : JSON.stringify(effect)}`,
    `ledger     ${describePlace(found)}`,
    ...(decision.challenge === null ? [] : [`challenge  acr ${decision.challenge.acrValues}, at most ${decision.challenge.maxAge} s old`]),
    ...(decision.obligations.length === 0 ? [] : [`obliged to ${decision.obligations.join(', ')}`]),
    ...unmet.flatMap((rule, index) => [
      ...(index === 0 ? ['', 'unmet, in order of precedence'] : []),
      `${index + 1}. ${rule.effect} ${titled(rule)}`,
      `     ${rule.explanation}`,
      `     → ${rule.remedy}`,
      ...valuesIn(rule),
    ]),
    '',
    describeToday(found.today, decision.policy.digest),
  ]);
}

function titled({ ruleId, title, reference }: RuleView): string {
  return [ruleId, title, reference].filter((part) => part !== null).join(' · ');
}

function valuesIn({ values }: RuleView): string[] {
  return values.map(({ path, value }) => `     ${path} = ${value === undefined ? '(absent)' : JSON.stringify(value)}`);
}

function describeInput({ input, decision }: Explanation): string {
  if (input.state === 'exact') return `${decision.inputDigest}, unaltered`;
  if (input.state === 'erased') return `erased at ${input.pointers.join(', ')}`;
  return `ALTERED: it does not have the digest ${decision.inputDigest} that was decided on; verify the log`;
}

function describePlace({ place, entry }: Explanation): string {
  const { log, seq, leafHash, checkpointSize } = place;
  if (seq === null) return `${entry.id} in log ${log}, waiting for its place`;
  const covered = checkpointSize !== null && checkpointSize > seq;
  const signed = covered ? `covered by the checkpoint of size ${checkpointSize}` : 'not covered by a checkpoint yet';
  return `${entry.id} at ${seq} in log ${log}, leaf ${leafHash}, ${signed}`;
}

function describeToday(today: Today | undefined, decidedBy: string): string {
  if (today === undefined) return 'today: cannot be told, the input is not the one that was decided on';
  const { policy, verdict, difference } = today;
  const name = policy.digest === decidedBy ? 'the same policy' : `policy ${policy.revision}`;
  if (difference === undefined) return `today: ${name} decides the same`;
  return `today: ${name} would decide otherwise (${difference}): ${verdict.result} by ${verdict.ruleId}, ${verdict.explanation}`;
}
