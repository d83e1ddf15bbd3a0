import type { Command } from 'commander';
import { bundleSignature, readBundleFiles } from '../../policy/index.ts';
import { run } from '../report.ts';
import { type ChangeOptions, callChange, withChangeOptions } from './change.ts';

/** `countersign policy publish`: hands a folder's bundle to a running gateway; two people do so, and it decides. */
export function publishCommand(policy: Command): void {
  withChangeOptions(policy.command('publish'))
    .description("make a signed policy your tenant's; the second person's call makes it active")
    .argument('<dir>', 'what `npm run policy:build` wrote and `countersign policy sign` signed')
    .action((folder: string, options: ChangeOptions) => run(() => publish(folder, options)));
}

async function publish(folder: string, options: ChangeOptions): Promise<void> {
  const files = readBundleFiles(folder);
  const base64 = (name: string): string | undefined => files.get(name)?.toString('base64');
  const input = {
    manifest: base64('manifest.json'),
    wasm: base64('policy.wasm'),
    data: base64('data.json'),
    selfTest: base64('selftest.json'),
    signature: base64(bundleSignature),
    justification: options.justification,
  };
  await callChange('publishPolicy', input, options);
}
