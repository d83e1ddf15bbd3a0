import { Command } from 'commander';
import { readEnv } from '../../config/index.ts';
import { deltaBundle } from '../../evidence/index.ts';
import { interruptible } from '../interrupt.ts';
import { showBuilt } from './built.ts';
import { byteProgress } from './byte-progress.ts';
import { type InputOptions, inputsOf, withInputs } from './inputs.ts';

type Options = InputOptions & { out: string; json?: boolean };

export function deltaCommand(): Command {
  const command = new Command('delta')
    .description('add or replace items of a bundle: a new folder that links to it and is judged and signed anew')
    .argument('<parent>', 'the bundle that it changes; it stays as it is')
    .requiredOption('--out <dir>', 'the folder to write; it must not exist or be empty');
  return withInputs(command)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nSOURCE_DATE_EPOCH is its time. Ends with 3 when it is built and the contract is not met.')
    .action(delta);
}

async function delta(parent: string, { out, json, ...options }: Options): Promise<void> {
  const inputs = inputsOf(options, readEnv().secret('SOURCE_DATE_EPOCH'));
  const progress = byteProgress('copied');
  const built = await interruptible((signal) =>
    deltaBundle({ ...inputs, parent, out, signal, onProgress: progress.tell }).finally(progress.end),
  );
  showBuilt(built, json === true);
}
