import { Command } from 'commander';
import { z } from 'zod';
import { DECISION, type Decision, GatewayClient, type GatewayOptions, withGateway } from '../gateway.ts';
import { interruptible } from '../interrupt.ts';
import { exitCodes, printFacts, printJson } from './output.ts';
import { printRefusal } from './refusal.ts';

type Options = { to: string } & GatewayOptions;

export function promoteCommand(): Command {
  const command = new Command('promote')
    .description('ask the gateway whether a release may go to an environment, by the evidence that is published of it')
    .argument('<release>', 'like v1.2.3')
    .requiredOption('--to <environment>', '`production` for one');
  return withGateway(command)
    .addHelpText('after', '\nEnds with 3 when it is refused, with what is missing and how to get it.')
    .action((release: string, options: Options) => interruptible((signal) => promote(release, options, signal)));
}

const document = `mutation ($input: PromoteReleaseInput!) {
  asked: promoteRelease(input: $input) { ${DECISION} promotion { environment release manifest promotedBy promotedAt } }
}`;
const promotion = z.object({
  environment: z.string(),
  release: z.string(),
  manifest: z.string(),
  promotedBy: z.string(),
  promotedAt: z.string(),
});

async function promote(release: string, { to, ...options }: Options, signal: AbortSignal): Promise<void> {
  const input = { release, environment: to };
  const asked = await new GatewayClient(options, signal).ask(document, { input }, z.object({ promotion: promotion.nullable() }));
  show(asked.decision, asked.rest.promotion, options.json === true);
}

function show(decision: Decision, current: z.infer<typeof promotion> | null, json: boolean): void {
  if (current === null) process.exitCode = exitCodes.refused;
  if (json) printJson({ decision, promotion: current });
  else if (current === null) printRefusal(decision);
  else
    printFacts([
      [current.environment, current.release],
      ['evidence', current.manifest],
      ['promoted', `by ${current.promotedBy} at ${current.promotedAt}`],
    ]);
}
