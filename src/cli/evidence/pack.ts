import { Command } from 'commander';
import { packBundle } from '../../evidence/index.ts';
import { interruptible } from '../interrupt.ts';
import { printFacts, printJson } from './output.ts';

export function packCommand(): Command {
  return new Command('pack')
    .description('write a bundle as one .tar.gz; the same bundle gives the same bytes')
    .argument('<dir>', 'the bundle, signed or not')
    .option('--out <file>', 'where to write it; default: beside the folder')
    .option('--json', 'print the result as JSON')
    .action(pack);
}

async function pack(folder: string, { out, json }: { out?: string; json?: boolean }): Promise<void> {
  const packed = await interruptible((signal) => packBundle(folder, out, { signal }));
  if (json === true) printJson(packed);
  else
    printFacts([
      ['archive', `${packed.file} (${packed.size} bytes)`],
      ['sha256', packed.sha256],
    ]);
}
