import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { run } from '../src/workbench/index.ts';
import { command, igEvidence, project } from './command.ts';
import { required, StepError, say, step } from './step.ts';

const usage = `node ci/verify.ts BUNDLE [--cosign PROGRAM]… -- OPTION…

Verifies a bundle with \`ig-evidence verify BUNDLE OPTION…\`, and with each stock cosign that is given every signature of it, by the commands
that \`ig-evidence verify --cosign\` prints. An OPTION says whom to trust: --key FILE or --policy FILE.`;

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

const printed = z.object({ cosign: z.array(z.string()) });

async function commandsFor(bundle: string, options: readonly string[]): Promise<string[]> {
  const args = [join(project, 'bin', 'ig-evidence.js'), 'verify', resolve(bundle), ...options, '--cosign', '--json'];
  const { stdout } = await run(process.execPath, args);
  const { cosign } = printed.parse(JSON.parse(stdout));
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
    await igEvidence(['verify', folder, ...options]);
    for (const program of cosign) say(`${program}: ${await verifyWithCosign(folder, options, program)} signatures verified`);
  },
});
