import { Command } from 'commander';
import { readEnv } from '../../config/index.ts';
import { buildBundle } from '../../evidence/index.ts';
import { interruptible } from '../interrupt.ts';
import { showBuilt } from './built.ts';
import { byteProgress } from './byte-progress.ts';
import { buildRequestOf, type InputOptions, type SourceOptions, withInputs, withSource } from './inputs.ts';

type Options = InputOptions & SourceOptions & { out: string; json?: boolean };

export function buildCommand(): Command {
  const command = new Command('build')
    .description('gather the evidence of a release into a new folder and judge it; the same inputs give the same bytes')
    .requiredOption('--out <dir>', 'the folder to write; it must not exist or be empty')
    .requiredOption('--release <tag>', 'the release, like v1.2.3');
  return withInputs(withSource(command))
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nEnds with 3 when it is built and the contract is not met.')
    .action(build);
}

async function build({ out, json, ...options }: Options): Promise<void> {
  const request = buildRequestOf(options, readEnv().secret('SOURCE_DATE_EPOCH'));
  const progress = byteProgress('copied');
  const built = await interruptible((signal) => buildBundle({ ...request, out, signal, onProgress: progress.tell }).finally(progress.end));
  showBuilt(built, json === true);
}
