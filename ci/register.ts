import { igEvidence } from './command.ts';
import { required, say, step } from './step.ts';

const usage = `node ci/register.ts --gateway URL --token-file FILE -- OPTION…

Has the gateway write into its ledger what the release is made of, before the export that the build reads. Each OPTION is one of
\`ig-evidence register\`: those of the build but for the ledger.`;

/** @throws StepError */
export async function register(gateway: string, tokenFile: string, options: readonly string[], log?: string): Promise<void> {
  await igEvidence(['register', '--gateway', gateway, '--token-file', tokenFile, ...options], { log });
}

await step(import.meta.url, {
  usage,
  options: { gateway: { type: 'string' }, 'token-file': { type: 'string' } },
  run: async ({ values, positionals }) => {
    await register(required('--gateway', values.gateway), required('--token-file', values['token-file']), positionals);
    say('registered');
  },
});
