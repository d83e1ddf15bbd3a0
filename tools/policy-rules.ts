import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type PolicyRule, readBundle } from '../src/policy/index.ts';
import { ToolError } from '../src/workbench/index.ts';
import { isMain, script } from './main.ts';

const header = `# The rules

Generated from the METADATA of the compiled policy by \`npm run generate\`. Do not edit.

A **grant** says who may; a **requirement** says what must hold. An action is allowed when a grant covers it and no requirement is
unmet. Of several unmet requirements the one with the lowest precedence determines the answer; all are told. The rules of \`core\` and
\`default\` speak of every action, the others of the actions of their domain. Who holds which role for which action is in the text of
the grant.
`;

const columns = ['precedence', 'rule', 'what it asks', 'remedy', 'reference'];

/** docs/policy-rules.md: a table a domain, in the order of precedence and then of ids; what speaks of every action first. */
export function rulesPage(rules: readonly PolicyRule[]): string {
  const domains = Map.groupBy(rules, ({ id }) => id.split('.')[0] ?? '');
  const names = [...domains.keys()].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
  const sections = names.map((name) => section(name, domains.get(name) ?? []));
  return [header, ...sections].join('\n');
}

function rank(domain: string): number {
  return domain === 'core' ? 0 : domain === 'default' ? 1 : 2;
}

function section(domain: string, rules: readonly PolicyRule[]): string {
  const rows = rules
    .toSorted((one, other) => (one.precedence ?? 0) - (other.precedence ?? 0) || (one.id < other.id ? -1 : 1))
    .map((rule) => [
      String(rule.precedence ?? ''),
      `[\`${rule.id}\`](../policies/${rule.file})`,
      `**${cell(rule.title)}.** ${cell(rule.description)}`,
      cell(rule.remedy),
      cell(rule.reference),
    ]);
  const table = [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return [`## ${domain}`, '', ...table, ''].join('\n');
}

function cell(text: string | null): string {
  return (text ?? '').replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
}

function main(): void {
  const { values } = parseArgs({
    options: { dist: { type: 'string' }, out: { type: 'string' }, check: { type: 'boolean', default: false } },
  });
  const root = join(import.meta.dirname, '..');
  const out = resolve(values.out ?? join(root, 'docs', 'policy-rules.md'));
  const page = rulesPage(readBundle(resolve(values.dist ?? join(root, 'policies', 'dist'))).manifest.rules);
  writeOrCheck(out, page, values.check);
}

/** @throws ToolError `policy.stale` when `check` is set and the file holds something else */
export function writeOrCheck(file: string, text: string, check: boolean): void {
  if (!check) {
    writeFileSync(file, text);
    process.stdout.write(`wrote ${file}\n`);
    return;
  }
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  throw new ToolError('policy.stale', `\`${file}\` does not list the rules of the compiled policy`, {
    remedy: 'run `npm run generate` and commit the result',
  });
}

if (isMain(import.meta.url)) await script(async () => main());
