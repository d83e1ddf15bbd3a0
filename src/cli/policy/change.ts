import type { Command } from 'commander';
import { z } from 'zod';
import { readEnv } from '../../config/index.ts';
import { messageOf } from '../../core/index.ts';
import { CliError } from '../errors.ts';
import { exitCode, print } from '../report.ts';

export type ChangeOptions = { readonly url: string; readonly justification: string; readonly idempotencyKey?: string };

/** What both ways of changing the policy ask for. */
export function withChangeOptions(command: Command): Command {
  return command
    .requiredOption('--justification <text>', 'why, for those who read the record')
    .option('--url <url>', 'the gateway', 'http://127.0.0.1:4000')
    .option('--idempotency-key <key>', 'repeat a call safely: the same key and input do nothing twice')
    .addHelpText('after', '\nThe token of who calls is taken from COUNTERSIGN_TOKEN.');
}

const change = z.object({
  decision: z.object({
    result: z.string(),
    ruleId: z.string(),
    explanation: z.string(),
    rules: z.array(z.object({ ruleId: z.string(), explanation: z.string(), remedy: z.string() })),
  }),
  status: z.enum(['PROPOSED', 'ACTIVATED']).nullable(),
  policy: z.object({ digest: z.string(), revision: z.string(), serial: z.number() }).nullable(),
});
type Change = z.infer<typeof change>;

const answer = z.union([
  z.object({ data: z.object({ change }) }),
  z.object({
    errors: z.array(z.object({ message: z.string(), extensions: z.object({ remedy: z.string().optional() }).optional() })).min(1),
  }),
]);

/** The mutations that change the policy, and the types of their inputs. */
const inputs = { publishPolicy: 'PublishPolicyInput', rollbackPolicy: 'RollbackPolicyInput' } as const;

function operation(field: keyof typeof inputs): string {
  return `mutation ($input: ${inputs[field]}!, $key: String) {
    change: ${field}(input: $input, idempotencyKey: $key) {
      decision { result ruleId explanation rules { ruleId explanation remedy } } status policy { digest revision serial }
    }
  }`;
}

/** Calls the gateway and says what came of it; a denial is told with every unmet requirement, and exit code 1. @throws CliError */
export async function callChange(field: keyof typeof inputs, input: object, options: ChangeOptions): Promise<void> {
  const answered = answer.parse(await post(options, { query: operation(field), variables: { input, key: options.idempotencyKey } }));
  if ('errors' in answered) {
    const [{ message, extensions }] = [answered.errors[0] ?? { message: 'the gateway answered with an error', extensions: undefined }];
    throw new CliError('cli.refused', message, extensions?.remedy === undefined ? {} : { remedy: extensions.remedy });
  }
  tell(answered.data.change);
}

async function post({ url }: ChangeOptions, body: object): Promise<unknown> {
  const token = readEnv().secret('COUNTERSIGN_TOKEN');
  if (token === undefined) {
    throw new CliError('cli.no_token', 'COUNTERSIGN_TOKEN is not set', {
      remedy: 'in development: COUNTERSIGN_TOKEN=$(countersign token --as policy-author --mfa)',
    });
  }
  try {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' };
    const response = await fetch(new URL('/graphql', url), { method: 'POST', headers, body: JSON.stringify(body) });
    return await response.json();
  } catch (cause) {
    throw new CliError('cli.unreachable', `the gateway at ${url} does not answer: ${messageOf(cause)}`, {
      cause,
      remedy: 'start it, or correct --url; then repeat the call',
    });
  }
}

function tell({ decision, status, policy }: Change): void {
  if (status === null || policy === null) {
    print(`${decision.result} by ${decision.ruleId}: ${decision.explanation}`);
    for (const { ruleId, explanation, remedy } of decision.rules) print(`  ${ruleId}: ${explanation}\n    → ${remedy}`);
    process.exitCode = exitCode.failed;
    return;
  }
  const name = `policy ${policy.revision}, serial ${policy.serial}, ${policy.digest}`;
  print(status === 'ACTIVATED' ? `active: ${name}` : `proposed: ${name}\n  → a second person makes the same call within a day`);
}
