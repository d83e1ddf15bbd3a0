import { Command } from 'commander';
import { type Kind, kinds, predicateTypeOf } from '../../evidence/index.ts';
import { print, table } from '../report.ts';
import { paint, printJson } from './output.ts';

export function kindsCommand(): Command {
  return new Command('kinds')
    .description('list the kinds of evidence that are read from files, and what a contract can ask of each')
    .option('--json', 'print them as JSON')
    .action(show);
}

function show({ json }: { json?: boolean }): void {
  if (json === true) printJson(kinds.map(toJson));
  else {
    const [head = '', ...rows] = table([['kind', 'file', 'read from', 'summary'], ...kinds.map(toRow)]).split('\n');
    print([paint('bold', head), ...rows].join('\n'));
  }
}

function toRow({ name, file, reads, measures }: Kind): string[] {
  return [name, file, reads, measures.join(', ')];
}

function toJson(kind: Kind) {
  const { name, title, file, mediaType, reads, measures } = kind;
  return { name, title, file, mediaType, predicateType: predicateTypeOf(kind), reads, summary: measures };
}
