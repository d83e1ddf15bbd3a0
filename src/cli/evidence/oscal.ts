import { Command } from 'commander';
import { exportOscal } from '../../evidence/index.ts';
import { printFacts, printJson } from './output.ts';

type Options = { out: string; controls?: string; json?: boolean };

export function oscalCommand(): Command {
  return new Command('oscal')
    .description("write a bundle's verdict as OSCAL assessment results, for GRC tools; verify the bundle first")
    .argument('<dir>', 'the bundle')
    .requiredOption('--out <file>', 'the JSON to write; one that is there is replaced')
    .option('--controls <file>', 'which controls a requirement bears on; default: the mapping that ships with ig-evidence')
    .option('--json', 'print the result as JSON')
    .action(oscal);
}

function oscal(folder: string, { out, controls, json }: Options): void {
  const exported = exportOscal({ folder, out, controlsFile: controls });
  if (json === true) printJson(exported);
  else {
    printFacts([
      ['release', exported.release],
      ['file', exported.file],
      ['digest', exported.digest],
      ['findings', String(exported.findings)],
    ]);
  }
}
