import { Command } from 'commander';
import { z } from 'zod';
import { readEnv } from '../../config/index.ts';
import { contentOf, deltaContentOf, type Registered } from '../../evidence/index.ts';
import { CliError } from '../errors.ts';
import { DECISION, GatewayClient, type GatewayOptions, withGateway } from '../gateway.ts';
import { interruptible } from '../interrupt.ts';
import { buildRequestOf, type InputOptions, inputsOf, noLedger, type SourceOptions, withItems, withSource } from './inputs.ts';
import { exitCodes, printFacts, printJson } from './output.ts';
import { printRefusal } from './refusal.ts';

type Options = Omit<InputOptions, 'ledger' | 'ledgerKey'> &
  Omit<SourceOptions, 'release'> & { release?: string; parent?: string } & GatewayOptions;

export function registerCommand(): Command {
  const command = new Command('register')
    .description('have the ledger hold what a release is made of, before the log is exported and the bundle built from the same options')
    .option('--release <tag>', 'the release, like v1.2.3; of a delta it is the parent’s')
    .option('--parent <bundle>', 'for a delta: the bundle that it will change');
  return withGateway(withItems(withSource(command))).action((options: Options) => interruptible((signal) => register(options, signal)));
}

const document = `mutation ($input: RegisterEvidenceInput!) {
  asked: registerEvidence(input: $input) { ${DECISION} receipt { entryId seq } registration { release kind content } }
}`;
const answer = z.object({ receipt: z.object({ entryId: z.string(), seq: z.number().nullable() }) });

async function register(options: Options, signal: AbortSignal): Promise<void> {
  const gateway = new GatewayClient(options, signal);
  const registered = await contentFor(options);
  const { decision, rest } = await gateway.ask(document, { input: registered }, answer);
  const allowed = decision.result === 'ALLOW';
  if (!allowed) process.exitCode = exitCodes.failed;
  if (options.json === true) printJson({ decision, ...registered, receipt: rest.receipt });
  else if (!allowed) printRefusal(decision);
  else
    printFacts([
      ['release', registered.release],
      ['content', registered.content],
      ['entry', rest.receipt.entryId],
      ['next', 'export the log, then `ig-evidence build` (or `delta`) with the same options'],
    ]);
}

async function contentFor({ release, parent, ...options }: Options): Promise<Registered> {
  const epoch = readEnv().secret('SOURCE_DATE_EPOCH');
  const given = { ...options, ...noLedger };
  if (parent !== undefined && release === undefined) return deltaContentOf({ ...inputsOf(given, epoch), parent });
  if (release !== undefined && parent === undefined) return contentOf(buildRequestOf({ ...given, release }, epoch));
  throw new CliError('cli.invalid_option', 'it is not clear what is registered', {
    remedy: 'give --release for a whole bundle, or --parent for a delta',
  });
}
