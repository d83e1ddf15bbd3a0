import { Command } from 'commander';
import { z } from 'zod';
import { DECISION, GatewayClient, type GatewayOptions, withGateway } from '../gateway.ts';
import { interruptible } from '../interrupt.ts';
import { exitCodes, printFacts, printJson } from './output.ts';
import { printRefusal } from './refusal.ts';

type Options = { release: string; requirement: string; reason: string; until: string } & GatewayOptions;

export function waiveCommand(): Command {
  const command = new Command('waive')
    .description('let a release go without a requirement until a day; not by who registered its evidence')
    .requiredOption('--release <tag>', 'the release, like v1.2.3')
    .requiredOption('--requirement <id>', 'the id of a requirement of the contract')
    .requiredOption('--reason <text>', 'why; it stands in the bundle for good, so write nothing about a person')
    .requiredOption('--until <moment>', 'RFC 3339 in UTC, like 2026-03-01T00:00:00Z; at most 90 days from now');
  return withGateway(command).action((options: Options) => interruptible((signal) => waive(options, signal)));
}

const document = `mutation ($input: WaiveEvidenceInput!) {
  asked: waiveEvidence(input: $input) { ${DECISION} receipt { entryId seq } waiver { release requirement reason expiresAt } }
}`;
const waived = z.object({ release: z.string(), requirement: z.string(), reason: z.string(), expiresAt: z.string() });
const answer = z.object({ receipt: z.object({ entryId: z.string(), seq: z.number().nullable() }), waiver: waived.nullable() });

async function waive({ release, requirement, reason, until, ...options }: Options, signal: AbortSignal): Promise<void> {
  const input = { release, requirement, reason, expiresAt: until };
  const { decision, rest } = await new GatewayClient(options, signal).ask(document, { input }, answer);
  if (rest.waiver === null) process.exitCode = exitCodes.failed;
  if (options.json === true) printJson({ decision, ...rest });
  else if (rest.waiver === null) printRefusal(decision);
  else
    printFacts([
      ['release', rest.waiver.release],
      ['waived', `${rest.waiver.requirement} until ${rest.waiver.expiresAt}`],
      ['entry', rest.receipt.entryId],
      ['next', 'export the log and build anew (or make a delta): the bundle proves the waiver'],
    ]);
}
