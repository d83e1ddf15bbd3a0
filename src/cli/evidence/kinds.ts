import { Command } from 'commander';
import { type ItemKind, itemKinds } from '../../evidence/index.ts';
import { print, table } from '../report.ts';
import { paint, printJson } from './output.ts';

export function kindsCommand(): Command {
  return new Command('kinds')
    .description('list the kinds of evidence, what each is read from, and what a contract can ask of it')
    .option('--json', 'print them as JSON')
    .action(show);
}

function show({ json }: { json?: boolean }): void {
  if (json === true) printJson(itemKinds);
  else {
    const [head = '', ...rows] = table([['kind', 'file', 'read from', 'summary', 'predicate'], ...itemKinds.map(toRow)]).split('\n');
    print([paint('bold', head), ...rows].join('\n'));
  }
}

function toRow({ name, file, reads, summary, predicateType }: ItemKind): string[] {
  return [name, file ?? 'its own', reads, summary.join(', '), predicateType];
}
