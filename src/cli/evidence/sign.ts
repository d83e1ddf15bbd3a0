import { Command } from 'commander';
import { readEnv } from '../../config/index.ts';
import { type SignedBundle, signBundle } from '../../evidence/index.ts';
import { printFacts, printJson } from './output.ts';

export function signCommand(): Command {
  return new Command('sign')
    .description('sign a bundle with a P-256 key, offline; the same key gives the same bytes')
    .argument('<dir>', 'what `ig-evidence build` wrote')
    .requiredOption('--key <file>', "PKCS#8 PEM, or cosign's encrypted key with its password in COSIGN_PASSWORD")
    .option('--json', 'print the result as JSON')
    .action(sign);
}

async function sign(folder: string, { key, json }: { key: string; json?: boolean }): Promise<void> {
  const signed = await signBundle({ folder, keyFile: key, password: readEnv().secret('COSIGN_PASSWORD') });
  if (json === true) printJson(signed);
  else show(signed);
}

function show(signed: SignedBundle): void {
  printFacts([
    ['release', signed.release],
    ['key', signed.keyHint],
    ...signed.files.map((file): [string, string] => ['signed', file]),
    ['next', `ig-evidence verify ${signed.folder} --key <public key> --ledger-key <verifier key>`],
  ]);
}
