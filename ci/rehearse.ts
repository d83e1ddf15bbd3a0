import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { command, project } from './command.ts';
import type { Account } from './github/api.ts';
import { listAssets, saveAsset } from './github/assets.ts';
import { releaseOf } from './github/release.ts';
import { startStandIn } from './stand-in/server.ts';
import { required, StepError, say, step } from './step.ts';
import { verifyWithOurs } from './verify.ts';

const usage = `npm run release:rehearse -- DIR

Attaches the bundle that \`npm run release:dry -- --out DIR\` made to a release on a stand-in for the release host, twice; downloads it again as
anybody would, and verifies what came. The stand-in runs on this machine, and is gone afterwards.`;

/** @throws StepError */
export async function rehearse(dir: string): Promise<void> {
  const tag = releaseIn(join(dir, 'bundle', 'manifest.json'));
  const host = await startStandIn();
  const folder = mkdtempSync(join(tmpdir(), 'countersign-rehearse-'));
  try {
    const files = [`evidence-${tag}.tar.gz`, `oscal-${tag}.json`].map((name) => join(folder, name));
    for (const [index, name] of ['bundle.tar.gz', 'oscal.json'].entries()) copyFileSync(join(dir, name), files[index] ?? '');
    const env = { ...process.env, GITHUB_API_URL: host.api, GITHUB_REPOSITORY: host.repository, GITHUB_TOKEN: host.token };
    const attach = () => command(process.execPath, [join(project, 'ci', 'attach.ts'), '--tag', tag, ...files], { env });
    await attach();
    // Whoever runs the job again attaches nothing twice.
    await attach();
    const archive = join(folder, 'downloaded.tar.gz');
    await download(host, tag, `evidence-${tag}.tar.gz`, archive);
    const keys = join(dir, 'keys');
    await verifyWithOurs(archive, ['--key', join(keys, 'cosign.pub'), '--ledger-key', join(keys, 'log.vkey'), '--release', tag]);
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function releaseIn(manifest: string): string {
  return z.object({ release: z.string() }).parse(JSON.parse(readFileSync(manifest, 'utf8'))).release;
}

async function download(account: Account, tag: string, name: string, file: string): Promise<void> {
  const asset = (await listAssets(account, await releaseOf(account, tag))).find((one) => one.name === name);
  if (asset === undefined) throw new StepError('step.refused', `release \`${tag}\` has no \`${name}\``, { remedy: 'attach it' });
  say(`downloaded  ${name}  ${await saveAsset(account, asset, file)}`);
}

await step(import.meta.url, {
  usage,
  options: {},
  run: async ({ positionals: [dir] }) => {
    await rehearse(required('DIR', dir));
    say('attached, downloaded and verified');
  },
});
