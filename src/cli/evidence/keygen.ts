import { Command } from 'commander';
import { readEnv } from '../../config/index.ts';
import { generateKeyPair, type KeyPairFiles } from '../../evidence/index.ts';
import { printFacts, printJson, printWarning } from './output.ts';

export function keygenCommand(): Command {
  return new Command('keygen')
    .description('make a P-256 key pair: <prefix>.key and <prefix>.pub')
    .requiredOption('--out <prefix>', 'where to write them; an existing key is never replaced')
    .option('--json', 'print the result as JSON')
    .action(keygen);
}

function keygen({ out, json }: { out: string; json?: boolean }): void {
  const files = generateKeyPair({ prefix: out, password: readEnv().secret('COSIGN_PASSWORD') });
  if (!files.encrypted) printWarning(`${files.privateKeyFile} is not encrypted; set COSIGN_PASSWORD to have it encrypted`);
  if (json === true) printJson(files);
  else show(files);
}

function show({ privateKeyFile, publicKeyFile, encrypted }: KeyPairFiles): void {
  printFacts([
    ['private', `${privateKeyFile} (${encrypted ? "encrypted, cosign's format" : 'PKCS#8, readable by you only'})`],
    ['public', `${publicKeyFile}: hand it to whoever verifies`],
  ]);
}
