import { Command } from 'commander';
import { cosignCommands, type Report, readPolicy, signersOfKeys, type VerifyRequest, verifyBundle } from '../../evidence/verify/index.ts';
import { CliError } from '../errors.ts';
import { interruptible } from '../interrupt.ts';
import { collect } from '../ledger/read.ts';
import { byteProgress } from './byte-progress.ts';
import { exitCodes, printJson } from './output.ts';
import { printReport } from './verify-table.ts';

type Options = {
  key: string[];
  ledgerKey?: string;
  policy?: string;
  contract?: string;
  release?: string;
  commit?: string;
  parent: string[];
  previous?: string;
  maxAgeDays?: string;
  cosign?: boolean;
  json?: boolean;
};

export function verifyCommand(): Command {
  return new Command('verify')
    .description('verify a signed bundle offline; every check is made, also after one failed, and nothing is written')
    .argument('<bundle>', 'its folder, or its .tar.gz')
    .option('--key <file>', "a signer's public key, as it was handed over; may be repeated", collect, [])
    .option('--policy <file>', 'who may sign and what must be there, instead of --key (docs/evidence-format.md)')
    .option('--ledger-key <file>', "the ledger's verifier key, as it was handed over; else the one the signer vouches for")
    .option('--contract <file>', 'the contract that it must have been held to')
    .option('--release <tag>', 'the release that it must be of')
    .option('--commit <hash>', 'the commit that it must be of')
    .option('--parent <bundle>', 'of a delta: the bundle that it changes, and that one’s parent; may be repeated', collect, [])
    .option('--previous <path>', 'of the release before: manifest.json, or the bundle')
    .option('--max-age-days <days>', 'how old it may be')
    .option('--cosign', 'print the commands for stock cosign as well, one for each signature')
    .option('--json', 'print the report as JSON')
    .action((bundle: string, options: Options) => interruptible((signal) => verify(bundle, options, signal)));
}

async function verify(bundle: string, { cosign, json, ...options }: Options, signal: AbortSignal): Promise<void> {
  const request = requestOf(bundle, options);
  const progress = byteProgress('verified');
  const report = await verifyBundle({ ...request, signal, onProgress: progress.tell }).finally(progress.end);
  const commands = cosign === true ? commandsFor(report, bundle, options) : undefined;
  if (json === true) printJson(commands === undefined ? report : { ...report, cosign: commands });
  else printReport(report, commands);
  process.exitCode = report.ok ? exitCodes.done : exitCodes.failed;
}

function requestOf(bundle: string, options: Omit<Options, 'cosign' | 'json'>): VerifyRequest {
  const { key, policy, ledgerKey, contract, parent, maxAgeDays, ...asked } = options;
  return {
    ...asked,
    bundle,
    keyFiles: key,
    policy: policy === undefined ? undefined : readPolicy(policy),
    ledgerKeyFile: ledgerKey,
    contractFile: contract,
    parents: parent,
    maxAgeDays: maxAgeDays === undefined ? undefined : parseDays(maxAgeDays),
  };
}

function parseDays(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new CliError('cli.invalid_option', `--max-age-days is \`${text}\``, { remedy: 'give a whole number of days' });
}

function commandsFor(report: Report, bundle: string, { key, policy }: Pick<Options, 'key' | 'policy'>): string[] {
  const signers = policy === undefined ? signersOfKeys(key) : readPolicy(policy).signers;
  return cosignCommands({ report, bundle, signers, policyFile: policy });
}
