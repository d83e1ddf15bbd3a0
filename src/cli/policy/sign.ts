import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { packageRoot, readEnv } from '../../config/index.ts';
import { signFile } from '../../evidence/index.ts';
import { bundleSignature, readBundle } from '../../policy/index.ts';
import { print, run } from '../report.ts';

/** `countersign policy sign`: a signature over the manifest, which names every other file by digest. */
export function signCommand(policy: Command): void {
  policy
    .command('sign')
    .description('sign a compiled policy with a P-256 key, so that it can be published')
    .argument('<dir>', 'what `npm run policy:build` wrote')
    .requiredOption('--key <file>', "PKCS#8 PEM, or cosign's encrypted key with its password in COSIGN_PASSWORD")
    .action((folder: string, { key }: { key: string }) => run(async () => sign(folder, key)));
}

function sign(folder: string, keyFile: string): void {
  const { manifest } = readBundle(folder); // what does not belong together is not signed
  const { bundle, keyHint } = signFile(join(folder, 'manifest.json'), keyFile, readEnv().secret('COSIGN_PASSWORD'));
  writeFileSync(join(folder, bundleSignature), bundle);
  print(`signed policy ${manifest.revision}, serial ${manifest.serial}, with key ${keyHint}`);
  // Stock cosign stays off the network only with a trust root, and this one trusts nobody: the key alone decides.
  const root = `--trusted-root ${join(packageRoot(), 'evidence', 'empty-root.json')} --insecure-ignore-tlog`;
  const signature = `--bundle ${join(folder, bundleSignature)}`;
  print(`  check    cosign verify-blob --new-bundle-format ${root} --key <cosign.pub> ${signature} ${join(folder, 'manifest.json')}`);
  print(`  publish  countersign policy publish ${folder}`);
}
