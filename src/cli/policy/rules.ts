import { join } from 'node:path';
import type { Command } from 'commander';
import { packageRoot } from '../../config/index.ts';
import { readBundle } from '../../policy/index.ts';
import { print, run, table } from '../report.ts';

/** `countersign policy rules`: what the compiled policy knows, from its own metadata. */
export function rulesCommand(policy: Command): void {
  policy
    .command('rules')
    .description('list the rules with precedence, title and remedy')
    .option('--json', 'print them as JSON', false)
    .action((options: { json: boolean }) => run(async () => listRules(options.json)));
}

function listRules(asJson: boolean): void {
  const { manifest } = readBundle(join(packageRoot(), 'policies', 'dist'));
  if (asJson) {
    print(JSON.stringify(manifest.rules, null, 2));
    return;
  }
  const rows = manifest.rules
    .toSorted((one, other) => (one.precedence ?? 0) - (other.precedence ?? 0))
    .map((rule) => [String(rule.precedence ?? ''), rule.id, rule.title, rule.reference ?? '']);
  print(table([['precedence', 'rule', 'title', 'reference'], ...rows]));
  print(`\npolicy ${manifest.revision}, ${manifest.digest}`);
}
