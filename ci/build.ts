import { join } from 'node:path';
import { igEvidence } from './command.ts';
import { required, say, step } from './step.ts';

const usage = `node ci/build.ts --out DIR -- OPTION…

Builds the bundle of a release into DIR/bundle and its OSCAL assessment results into DIR/oscal.json. Each OPTION is one of
\`ig-evidence build\` (--release, --items, --ledger, --ledger-key, …). A contract that is not met does not stop it: the verdict says so, and the
gate refuses.`;

const CONTRACT_NOT_MET = 3;

/** Whether the contract is met. @throws StepError */
export async function build(out: string, options: readonly string[]): Promise<boolean> {
  const bundle = join(out, 'bundle');
  const code = await igEvidence(['build', '--out', bundle, ...options], { accept: [0, CONTRACT_NOT_MET] });
  await igEvidence(['oscal', bundle, '--out', join(out, 'oscal.json')]);
  return code !== CONTRACT_NOT_MET;
}

await step(import.meta.url, {
  usage,
  options: { out: { type: 'string' } },
  run: async ({ values, positionals }) => {
    const met = await build(required('--out', values.out), positionals);
    say(met ? 'the contract is met' : 'the contract is NOT met: this can be signed and published, and will not be promoted');
  },
});
