import type { Command } from 'commander';
import { z } from 'zod';
import { DECISION, type Decision, GatewayClient } from '../gateway.ts';
import { interruptible } from '../interrupt.ts';
import { exitCode, print } from '../report.ts';

export type ChangeOptions = {
  readonly justification: string;
  readonly url?: string;
  readonly tokenFile?: string;
  readonly idempotencyKey?: string;
};

/** What both ways of changing the policy ask for. */
export function withChangeOptions(command: Command): Command {
  return command
    .requiredOption('--justification <text>', 'why, for those who read the record')
    .option('--url <url>', 'the gateway; default: COUNTERSIGN_URL, else http://127.0.0.1:4000')
    .option('--token-file <file>', 'the file that holds the bearer token of who calls; default: the token in COUNTERSIGN_TOKEN')
    .option('--idempotency-key <key>', 'repeat a call safely: the same key and input do nothing twice');
}

const change = z.object({
  status: z.enum(['PROPOSED', 'ACTIVATED']).nullable(),
  policy: z.object({ digest: z.string(), revision: z.string(), serial: z.number() }).nullable(),
});
type Change = z.infer<typeof change>;

/** The mutations that change the policy, and the types of their inputs. */
const inputs = { publishPolicy: 'PublishPolicyInput', rollbackPolicy: 'RollbackPolicyInput' } as const;

function operation(field: keyof typeof inputs): string {
  return `mutation ($input: ${inputs[field]}!, $key: String) {
    asked: ${field}(input: $input, idempotencyKey: $key) { ${DECISION} status policy { digest revision serial } }
  }`;
}

/** Calls the gateway and says what came of it; a denial is told with every unmet requirement, and exit code 1. @throws CliError */
export async function callChange(field: keyof typeof inputs, input: object, options: ChangeOptions): Promise<void> {
  const { url: gateway, tokenFile, idempotencyKey: key } = options;
  const { decision, rest } = await interruptible((signal) => {
    const client = new GatewayClient({ gateway, tokenFile }, signal, 'policy-author --mfa');
    return client.ask(operation(field), { input, key }, change);
  });
  tell(decision, rest);
}

function tell(decision: Decision, { status, policy }: Change): void {
  if (status === null || policy === null) {
    print(`${decision.result} by ${decision.ruleId}: ${decision.explanation}`);
    for (const { ruleId, explanation, remedy } of decision.rules) print(`  ${ruleId}: ${explanation}\n    → ${remedy}`);
    process.exitCode = exitCode.failed;
    return;
  }
  const name = `policy ${policy.revision}, serial ${policy.serial}, ${policy.digest}`;
  print(status === 'ACTIVATED' ? `active: ${name}` : `proposed: ${name}\n  → a second person makes the same call within a day`);
}
