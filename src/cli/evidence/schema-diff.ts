import { Command } from 'commander';
import { diffGraphql, diffSql, type SchemaDiff, type SqlDiffRequest, writeDiff } from '../../evidence/index.ts';
import { CliError } from '../errors.ts';
import { interruptible } from '../interrupt.ts';
import { lines, print } from '../report.ts';
import { exitCodes, printError, printFacts, printJson } from './output.ts';

type Output = { out: string; json?: boolean };
type GraphqlOptions = Output & { project: string; from: string; to?: string; file: string };
type SqlOptions = Output & { project: string; module: string; from?: string; to?: string; fromFile?: string; toFile?: string };

export function schemaDiffCommand(): Command {
  const command = new Command('schema-diff').description(
    'write what changed in a schema between two commits, and how much each change hurts',
  );
  return command.addCommand(graphqlCommand()).addCommand(sqlCommand());
}

function graphqlCommand(): Command {
  return withOutput(new Command('graphql').description('compare GraphQL schemas in SDL'))
    .requiredOption('--from <ref>', 'the git ref that users know, mostly the tag of the release before')
    .option('--to <ref>', 'the git ref of the release; without it the working tree')
    .option('--file <file>', 'the schema, relative to the project', 'schema.graphql')
    .action(graphql);
}

function sqlCommand(): Command {
  return withOutput(new Command('sql').description('compare what migrations make of an empty PostgreSQL database'))
    .option('--from <ref>', 'the git ref that users know, mostly the tag of the release before')
    .option('--to <ref>', 'the git ref of the release; without it the working tree')
    .option('--module <file>', 'the module that exports `migrate(url)`; it is run, as each ref has it', 'src/storage/index.ts')
    .option('--from-file <file>', 'a schema as SQL, instead of a ref')
    .option('--to-file <file>', 'the schema to compare it with')
    .action((options: SqlOptions) => interruptible((signal) => sql(options, signal)));
}

function withOutput(command: Command): Command {
  return command
    .requiredOption('--out <file>', 'where to write it')
    .option('--project <dir>', 'a folder in git', '.')
    .option('--json', 'print it as JSON as well');
}

async function graphql({ project, from, to, file, ...output }: GraphqlOptions): Promise<void> {
  finish(await diffGraphql({ project, from, to, file }), output);
}

/** Ctrl-C ends the server of the comparison too. */
async function sql(options: SqlOptions, signal: AbortSignal): Promise<void> {
  try {
    finish(await diffSql(toRequest(options), { signal }), options);
  } catch (error) {
    if (!signal.aborted) throw error;
    const interrupted = new CliError('cli.interrupted', 'interrupted', { cause: error, remedy: 'run it again; nothing was written' });
    printError(interrupted, options.json === true);
    process.exitCode = exitCodes.interrupted;
  }
}

function toRequest({ project, module, from, to, fromFile, toFile }: SqlOptions): SqlDiffRequest {
  if (from !== undefined && fromFile === undefined && toFile === undefined) return { project, module, from, to };
  if (from === undefined && to === undefined && fromFile !== undefined && toFile !== undefined) return { fromFile, toFile };
  throw new CliError('cli.invalid_option', 'there are not two schemas to compare', {
    remedy: 'give --from and perhaps --to, or both --from-file and --to-file',
  });
}

function finish(diff: SchemaDiff, { out, json }: Output): void {
  writeDiff(out, diff);
  if (json === true) printJson(diff);
  else show(diff, out);
}

function show({ from, to, changes }: SchemaDiff, out: string): void {
  const width = 'dangerous'.length;
  if (changes.length > 0) print(lines(changes.map(({ criticality, message }) => `${criticality.padEnd(width)}  ${message}`)));
  const times = (level: string) => String(changes.filter(({ criticality }) => criticality === level).length);
  printFacts([
    ['from', from],
    ['to', to],
    ...['breaking', 'dangerous', 'safe'].map((level): [string, string] => [level, times(level)]),
    ['written', out],
  ]);
}
