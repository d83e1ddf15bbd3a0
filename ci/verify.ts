import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { command, igEvidence } from './command.ts';
import { required, StepError, say, step } from './step.ts';

const usage = `node ci/verify.ts BUNDLE [--cosign PROGRAM]… [--key FILE | --identity WHO --issuer URL --trusted-root FILE] -- OPTION…

Verifies a bundle twice: with \`ig-evidence verify BUNDLE OPTION…\`, and with each stock cosign that is given, by the commands that the
bundle's own HOW-TO-VERIFY.md prints. Give the signer's key, or who signed without one and the trusted root of that sigstore.`;

/** Who must have signed. */
export type SignedBy = { readonly key: string } | { readonly identity: string; readonly issuer: string; readonly trustedRoot: string };

/** Runs every cosign command of a bundle's guide; gives how many there were. @throws StepError */
export async function verifyWithCosign(bundle: string, cosign: string, signedBy: SignedBy, log?: string): Promise<number> {
  const bin = mkdtempSync(join(tmpdir(), 'countersign-cosign-'));
  try {
    symlinkSync(cosign, join(bin, 'cosign'));
    mkdirSync(join(bin, 'home'));
    const lines = guideCommands(bundle).map((line) => adapted(line, signedBy));
    if (lines.length === 0) throw new StepError('step.not_verified', `the guide of \`${bundle}\` has no cosign command`);
    const env = { PATH: `${bin}:${process.env['PATH']}`, HOME: join(bin, 'home'), ...variables(signedBy) };
    for (const line of lines) await command('bash', ['-euo', 'pipefail', '-c', line], { cwd: bundle, env, log });
    return lines.length;
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
}

/** The lines of the guide that are to be pasted and begin with cosign. */
function guideCommands(bundle: string): string[] {
  const guide = readFileSync(join(bundle, 'HOW-TO-VERIFY.md'), 'utf8');
  const blocks = [...guide.matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block.replaceAll(/^ {4}/gm, '').trimEnd());
  return blocks.filter((block) => block.startsWith('cosign '));
}

/** The guide has the key beside the bundle, and says what to put in its place where an identity signed. Paths come as variables. */
function adapted(line: string, signedBy: SignedBy): string {
  if ('key' in signedBy) return line.replace('--key ../cosign.pub', '--key "$KEY"');
  return line
    .replace('--key ../cosign.pub --insecure-ignore-tlog', '--certificate-identity "$IDENTITY" --certificate-oidc-issuer "$ISSUER"')
    .replace('--trusted-root empty-root.json', '--trusted-root "$TRUSTED_ROOT"');
}

function variables(signedBy: SignedBy): NodeJS.ProcessEnv {
  if ('key' in signedBy) return { KEY: resolve(signedBy.key) };
  return { IDENTITY: signedBy.identity, ISSUER: signedBy.issuer, TRUSTED_ROOT: resolve(signedBy.trustedRoot) };
}

await step(import.meta.url, {
  usage,
  options: {
    cosign: { type: 'string', multiple: true, default: [] },
    key: { type: 'string' },
    identity: { type: 'string' },
    issuer: { type: 'string' },
    'trusted-root': { type: 'string' },
  },
  run: async ({ values: { cosign, key, identity, issuer, 'trusted-root': trustedRoot }, positionals: [bundle, ...options] }) => {
    const folder = required('BUNDLE', bundle);
    const by = (): SignedBy => {
      if (key !== undefined) return { key };
      return {
        identity: required('--key or --identity', identity),
        issuer: required('--issuer', issuer),
        trustedRoot: required('--trusted-root', trustedRoot),
      };
    };
    await igEvidence(['verify', folder, ...options]);
    for (const program of cosign) say(`${program}: ${await verifyWithCosign(folder, program, by())} signatures verified`);
  },
});
