import { igEvidence } from './command.ts';
import { required, say, step } from './step.ts';

const usage = `node ci/gate.ts BUNDLE --gateway URL --token-file FILE --release TAG --environment NAME

Publishes a signed bundle to the gateway, and asks it to promote the release. Missing or failing evidence is refused, with what is
missing and how to get it, and exit code 3.`;

export type GateRequest = {
  readonly bundle: string;
  readonly gateway: string;
  readonly tokenFile: string;
  readonly release: string;
  readonly environment: string;
};

/** @throws StepError, with exit code 3 where the gateway refuses */
export async function gate({ bundle, gateway, tokenFile, release, environment }: GateRequest, log?: string): Promise<void> {
  const door = ['--gateway', gateway, '--token-file', tokenFile];
  await igEvidence(['publish', bundle, ...door], { log });
  await igEvidence(['promote', release, '--to', environment, ...door], { log });
}

await step(import.meta.url, {
  usage,
  options: {
    gateway: { type: 'string' },
    'token-file': { type: 'string' },
    release: { type: 'string' },
    environment: { type: 'string' },
  },
  run: async ({ values, positionals: [bundle] }) => {
    const request = {
      bundle: required('BUNDLE', bundle),
      gateway: required('--gateway', values.gateway),
      tokenFile: required('--token-file', values['token-file']),
      release: required('--release', values.release),
      environment: required('--environment', values.environment),
    };
    await gate(request);
    say(`${request.release} is promoted to ${request.environment}`);
  },
});
