import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { generateKeyPair } from '../../src/evidence/index.ts';
import { resolveTool } from '../../src/workbench/index.ts';
import { build } from '../build.ts';
import { itemsFile } from '../collect/items.ts';
import { collectLedger } from '../collect/ledger.ts';
import { project } from '../command.ts';
import { type GateRequest, gate } from '../gate.ts';
import { writePolicy } from '../policy.ts';
import { register } from '../register.ts';
import { sign } from '../sign.ts';
import { StepError, say } from '../step.ts';
import { verifyWithCosign, verifyWithOurs } from '../verify.ts';
import { type CollectRequest, collectAll } from './collect.ts';
import { type Gateway, type GatewayRequest, tokenFile } from './gateway.ts';
import { heading, logOf, part } from './parts.ts';

export type ReleaseRequest = Omit<CollectRequest, 'startGateway'> & {
  /** Of a gateway that trusts the signers of a policy file. */
  readonly startGateway: (request: Omit<GatewayRequest, 'dataDir'>) => Promise<Gateway>;
};

/** Collects, registers, builds, signs, verifies and promotes, all in one folder. @throws StepError at the first step that fails */
export async function releaseDry({ startGateway, ...request }: ReleaseRequest): Promise<void> {
  const { out, reports } = request;
  const keys = makeKeys(out);
  heading('collecting');
  const gateway = await collectAll({
    ...request,
    startGateway: () => startGateway({ evidencePolicy: keys.policy, log: logOf(out, 'gateway') }),
  });
  const release = releaseName();
  const options = [
    ...['--release', release, '--kind', reports === undefined ? 'rehearsal' : 'standard', '--project', project],
    ...['--items', itemsFile(join(out, 'items')), '--policy-dir', join(project, 'policies', 'dist')],
    ...['--contract', join(project, 'ci', 'contract.yaml')],
  ];
  heading('the ledger');
  const token = await tokenFile(gateway, 'release-bot@alpha');
  await part('evidence registered', () => register(gateway.url, token, options, logOf(out, 'ledger')));
  const ledger = join(out, 'ledger');
  await part('log exported', () => collectLedger(ledger, 'alpha', { env: gateway.env, log: logOf(out, 'ledger') }));
  // As if it had been handed over earlier: the gateway of this run has just made it.
  cpSync(join(ledger, 'log.vkey'), keys.ledger);
  heading('building');
  const met = await build(out, [...options, '--ledger', ledger, '--ledger-key', keys.ledger]);
  await signAndVerify(out, keys);
  heading('the gate');
  await passGate({ bundle: join(out, 'bundle'), gateway: gateway.url, tokenFile: token, release, environment: 'rehearsal' }, met);
}

type Keys = { readonly private: string; readonly public: string; readonly ledger: string; readonly policy: string };

/** The gateway has to know whose signature counts before there is one. */
function makeKeys(out: string): Keys {
  const folder = join(out, 'keys');
  mkdirSync(folder, { recursive: true });
  const { privateKeyFile, publicKeyFile } = generateKeyPair({ prefix: join(folder, 'cosign') });
  const policy = join(folder, 'policy.yaml');
  writePolicy(policy, { key: publicKeyFile }, undefined);
  return { private: privateKeyFile, public: publicKeyFile, ledger: join(folder, 'log.vkey'), policy };
}

/** A release that does not show what it must is refused, and that is how it should be. */
async function passGate(request: GateRequest, met: boolean): Promise<void> {
  try {
    await gate(request);
  } catch (error) {
    if (met || !(error instanceof StepError) || error.exitCode !== REFUSED) throw error;
    say('refused, as the contract is not met');
  }
}

const REFUSED = 3;

/** Of the package's version: nothing is tagged in a dry run. */
function releaseName(): string {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')));
  return `v${version}`;
}

async function signAndVerify(out: string, keys: Keys): Promise<void> {
  const bundle = join(out, 'bundle');
  heading('signing with a key made for this run');
  await sign(bundle, ['--key', keys.private]);
  heading('verifying');
  const trust = ['--key', keys.public, '--ledger-key', keys.ledger];
  await verifyWithOurs(bundle, trust);
  for (const tool of ['cosign2', 'cosign3'] as const) {
    const cosign = await resolveTool(tool);
    const verify = () => verifyWithCosign(bundle, trust, cosign, logOf(out, tool));
    await part(tool, verify, (count) => `${count} signatures verified by ${cosign}`);
  }
}
