import { igEvidence } from './command.ts';
import { required, StepError, say, step } from './step.ts';

const usage = `node ci/sign.ts BUNDLE [-- OPTION…]

Signs a bundle and packs it as BUNDLE.tar.gz. Each OPTION is one of \`ig-evidence sign\`; without any, on a runner of GitHub Actions, as
the identity of the workflow (--keyless), for which the job needs \`permissions: id-token: write\`.`;

/** What a job has that may ask for a token of its identity. */
const TOKEN_URL = 'ACTIONS_ID_TOKEN_REQUEST_URL';

/** @throws StepError */
export async function sign(bundle: string, options: readonly string[]): Promise<void> {
  await igEvidence(['sign', bundle, ...(options.length > 0 ? options : asWorkflow(process.env))]);
}

/** Never unsigned, and never by somebody else, because a permission was forgotten. */
function asWorkflow(env: NodeJS.ProcessEnv): string[] {
  if (env[TOKEN_URL] !== undefined && env[TOKEN_URL] !== '') return ['--keyless'];
  throw new StepError('step.usage', `who is to sign? There is no OPTION, and no ${TOKEN_URL}`, {
    remedy: 'give --key FILE, or run this in a job with `permissions: id-token: write`',
  });
}

await step(import.meta.url, {
  usage,
  options: {},
  run: async ({ positionals: [bundle, ...options] }) => {
    await sign(required('BUNDLE', bundle), options);
    say('signed');
  },
});
