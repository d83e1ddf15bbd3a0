import { Command } from 'commander';
import { unpackArchive } from '../../evidence/verify/index.ts';
import { interruptible } from '../interrupt.ts';
import { byteProgress } from './byte-progress.ts';
import { printFacts, printJson } from './output.ts';

export function unpackCommand(): Command {
  return new Command('unpack')
    .description('write the files of a bundle’s .tar.gz into a new folder: all of them, or nothing; verifies no signature')
    .argument('<archive>', 'what `ig-evidence pack` wrote')
    .requiredOption('--out <dir>', 'the folder to write; it must not exist or be empty')
    .option('--json', 'print the result as JSON')
    .action((archive: string, options: { out: string; json?: boolean }) => interruptible((signal) => unpack(archive, options, signal)));
}

async function unpack(archive: string, { out, json }: { out: string; json?: boolean }, signal: AbortSignal): Promise<void> {
  const progress = byteProgress('unpacked');
  const unpacked = await unpackArchive({ archive, out, signal, onProgress: progress.tell }).finally(progress.end);
  if (json === true) printJson(unpacked);
  else
    printFacts([
      ['folder', `${unpacked.folder} (${unpacked.files.length} files)`],
      ['next', `ig-evidence verify ${unpacked.folder} --key <public key> --ledger-key <verifier key>`],
    ]);
}
