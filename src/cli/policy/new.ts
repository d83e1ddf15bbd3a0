import type { Command } from 'commander';
import { resolveTool, scaffoldRule } from '../../workbench/index.ts';
import { CliError } from '../errors.ts';
import { print, run } from '../report.ts';
import { shown, sourceFolder } from './source.ts';

type Options = { readonly source: string; readonly grant: boolean; readonly requirement: boolean };

/** `countersign policy new`: a rule, its test and its golden case to start from. */
export function newCommand(policy: Command): void {
  policy
    .command('new')
    .description('write a new rule with its test and a golden case, to start from')
    .argument('<domain/rule>', 'where it goes, like `orchestration/change_freeze`')
    .option('--requirement', 'it says what must hold (the default)', false)
    .option('--grant', 'it says who may', false)
    .option('--source <folder>', 'the policies', 'policies')
    .action((name: string, options: Options) => run(() => scaffold(name, options)));
}

async function scaffold(name: string, { source, grant, requirement }: Options): Promise<void> {
  if (grant && requirement) {
    throw new CliError('cli.invalid_option', '--grant and --requirement exclude each other', {
      remedy: 'a rule is one of the two; write two rules',
    });
  }
  const folder = sourceFolder(source);
  const made = await scaffoldRule({ folder, opa: await resolveTool('opa'), name, kind: grant ? 'grant' : 'requirement' });
  for (const file of made.written) print(`wrote    ${shown(folder)}/${file}`);
  for (const file of made.changed) print(`changed  ${shown(folder)}/${file}`);
  for (const step of made.toDo) print(`to do    ${step}`);
  print(`next: countersign policy test --watch, then write what \`${made.id}\` must say (docs/policy-authors.md)`);
}
