import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { attempt } from '../src/workbench/index.ts';
import { command, igEvidence, project } from './command.ts';
import { required, StepError, say, step } from './step.ts';

const usage = `node ci/verify.ts BUNDLE [--cosign PROGRAM]… -- OPTION…

Verifies a bundle with \`ig-evidence verify BUNDLE OPTION…\`, and with each stock cosign that is given every signature of it, by the commands
that \`ig-evidence verify --cosign\` prints. An OPTION says whom to trust: --key FILE or --policy FILE. That the contract is not met is told, and
no failure: the gate judges that.`;

/** That the contract is met is the gate's to judge: what does not is published as well, so that a delta can mend it. */
const JUDGED_LATER = 'contract.met';

/** Verifies with ours. @throws StepError `step.not_verified` where anything but the contract fails */
export async function verifyWithOurs(bundle: string, options: readonly string[]): Promise<void> {
  const code = await igEvidence(['verify', bundle, ...options], { accept: [0, 1] });
  if (code === 0) return;
  const { checks } = await reportOf(bundle, options);
  const failed = [...new Set(checks.filter(({ ok }) => !ok).map(({ check }) => check))];
  // By name, and nothing besides: an answer without any failed check is no reason to go on.
  if (failed.join() === JUDGED_LATER) return say('everything but the contract holds: the gate will refuse it');
  throw new StepError('step.not_verified', `the bundle does not verify: ${failed.join(', ')}`, { remedy: 'see the table above' });
}

/** Gives how many signatures stock cosign verified. @throws StepError `step.not_verified`, `step.command_failed` */
export async function verifyWithCosign(bundle: string, options: readonly string[], cosign: string, log?: string): Promise<number> {
  const lines = await commandsFor(bundle, options);
  const bin = mkdtempSync(join(tmpdir(), 'countersign-cosign-'));
  try {
    symlinkSync(resolve(cosign), join(bin, 'cosign'));
    mkdirSync(join(bin, 'home'));
    const env = { PATH: `${bin}:${process.env['PATH']}`, HOME: join(bin, 'home') };
    await command('bash', ['-euo', 'pipefail', '-c', lines.join('\n')], { env, log });
    return lines.filter((line) => line.startsWith('cosign ')).length;
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
}

const reportSchema = z.object({ checks: z.array(z.object({ check: z.string(), ok: z.boolean() })), cosign: z.array(z.string()) });

/** What `ig-evidence verify` finds; a bundle that fails is an answer as well. */
async function reportOf(bundle: string, options: readonly string[]): Promise<z.infer<typeof reportSchema>> {
  const args = [join(project, 'bin', 'ig-evidence.js'), 'verify', resolve(bundle), ...options, '--cosign', '--json'];
  const { stdout, stderr } = await attempt(process.execPath, args);
  const parsed = reportSchema.safeParse(stdout.startsWith('{') ? JSON.parse(stdout) : undefined);
  if (parsed.success) return parsed.data;
  throw new StepError('step.not_verified', `\`ig-evidence verify\` has no answer: ${stdout}${stderr}`, { cause: parsed.error });
}

async function commandsFor(bundle: string, options: readonly string[]): Promise<string[]> {
  const { cosign } = await reportOf(bundle, options);
  const untrusted = cosign.find((line) => line.startsWith('#'));
  if (untrusted === undefined && cosign.some((line) => line.startsWith('cosign '))) return cosign;
  throw new StepError('step.not_verified', `there is no command for stock cosign: ${untrusted ?? 'nothing is signed'}`, {
    remedy: 'give the key or the policy of whoever signed',
  });
}

await step(import.meta.url, {
  usage,
  options: { cosign: { type: 'string', multiple: true, default: [] } },
  run: async ({ values: { cosign }, positionals: [bundle, ...options] }) => {
    const folder = required('BUNDLE', bundle);
    await verifyWithOurs(folder, options);
    for (const program of cosign) say(`${program}: ${await verifyWithCosign(folder, options, program)} signatures verified`);
  },
});
