import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { generateKeyPair } from '../../src/evidence/index.ts';
import { resolveTool } from '../../src/workbench/index.ts';
import { build } from '../build.ts';
import { itemsFile } from '../collect/items.ts';
import { collectLedger } from '../collect/ledger.ts';
import { igEvidence, project } from '../command.ts';
import { register } from '../register.ts';
import { sign } from '../sign.ts';
import { verifyWithCosign } from '../verify.ts';
import { type CollectRequest, collectAll } from './collect.ts';
import { type Gateway, tokenFile } from './gateway.ts';
import { heading, logOf, part } from './parts.ts';

/** Collects, registers, builds, signs and verifies, all in one folder. @throws StepError at the first step that fails */
export async function releaseDry(request: CollectRequest): Promise<void> {
  const { out, reports } = request;
  const keys = join(out, 'keys');
  mkdirSync(keys, { recursive: true });
  heading('collecting');
  const gateway = await collectAll(request);
  const options = [
    ...['--release', releaseName(), '--kind', reports === undefined ? 'rehearsal' : 'standard', '--project', project],
    ...['--items', itemsFile(join(out, 'items')), '--policy-dir', join(project, 'policies', 'dist')],
  ];
  heading('the ledger');
  const ledger = await ledgerOf(gateway, out, options);
  // As if it had been handed over earlier: the gateway of this run has just made it.
  cpSync(join(ledger, 'log.vkey'), join(keys, 'log.vkey'));
  heading('building');
  await build(out, [...options, '--ledger', ledger, '--ledger-key', join(keys, 'log.vkey')]);
  await signAndVerify(out, keys);
}

/** Of the package's version: nothing is tagged in a dry run. */
function releaseName(): string {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')));
  return `v${version}`;
}

async function ledgerOf(gateway: Gateway, out: string, options: readonly string[]): Promise<string> {
  const ledger = join(out, 'ledger');
  const token = await tokenFile(gateway, 'release-bot@alpha');
  await part('evidence registered', () => register(gateway.url, token, options, logOf(out, 'ledger')));
  await part('log exported', () => collectLedger(ledger, 'alpha', { env: gateway.env, log: logOf(out, 'ledger') }));
  return ledger;
}

async function signAndVerify(out: string, keys: string): Promise<void> {
  const bundle = join(out, 'bundle');
  heading('signing with a key made for this run');
  const { privateKeyFile, publicKeyFile } = generateKeyPair({ prefix: join(keys, 'cosign') });
  await sign(bundle, ['--key', privateKeyFile]);
  heading('verifying');
  const trust = ['--key', publicKeyFile, '--ledger-key', join(keys, 'log.vkey')];
  await igEvidence(['verify', bundle, ...trust]);
  for (const tool of ['cosign2', 'cosign3'] as const) {
    const cosign = await resolveTool(tool);
    const verify = () => verifyWithCosign(bundle, trust, cosign, logOf(out, tool));
    await part(tool, verify, (count) => `${count} signatures verified by ${cosign}`);
  }
}
