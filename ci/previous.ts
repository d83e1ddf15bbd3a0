import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { project as checkout, igEvidence } from './command.ts';
import type { Account } from './github/api.ts';
import { listAssets, saveAsset } from './github/assets.ts';
import { findRelease } from './github/release.ts';
import { environment, required, StepError, say, step } from './step.ts';
import { tagBefore } from './tag-before.ts';

const usage = `node ci/previous.ts --out FILE [--project DIR]

Writes the manifest of the release before into FILE, out of the bundle that is attached to it, so that \`ig-evidence build --prev-manifest FILE\`
continues it. That is the newest tag v* before this commit; needs the history (on a runner: \`fetch-depth: 0\`). Without a tag before, or a bundle
attached to it, nothing is written. No signature is looked at: the chain says which bundle, and whoever verifies it gives that one.
Environment: GITHUB_API_URL, GITHUB_REPOSITORY (owner/name), GITHUB_TOKEN (with contents: read).`;

/** The tag whose manifest was written; undefined where there is none to continue. @throws StepError */
export async function previous(account: Account, out: string, project: string, log?: string): Promise<string | undefined> {
  const tag = tagBefore(project);
  const release = tag === undefined ? undefined : await findRelease(account, tag);
  if (tag === undefined || release === undefined) return undefined;
  const asset = (await listAssets(account, release)).find(({ name, state }) => name === `evidence-${tag}.tar.gz` && state === 'uploaded');
  if (asset === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-previous-'));
  try {
    const archive = join(folder, 'bundle.tar.gz');
    await saveAsset(account, asset, archive);
    await igEvidence(['unpack', archive, '--out', join(folder, 'bundle')], { log });
    const bytes = readFileSync(join(folder, 'bundle', 'manifest.json'));
    assertOf(tag, bytes);
    writeFileSync(out, bytes);
    return tag;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function assertOf(tag: string, manifest: Buffer): void {
  const { release } = z.object({ release: z.string() }).parse(JSON.parse(manifest.toString('utf8')));
  if (release === tag) return;
  throw new StepError('step.malformed', `the bundle attached to release \`${tag}\` is of \`${release}\``, {
    remedy: 'find out who attached it',
  });
}

await step(import.meta.url, {
  usage,
  options: { out: { type: 'string' }, project: { type: 'string', default: checkout } },
  run: async ({ values }) => {
    const api = environment('GITHUB_API_URL');
    const account = { api, repository: environment('GITHUB_REPOSITORY'), token: environment('GITHUB_TOKEN') };
    const tag = await previous(account, required('--out', values.out), values.project);
    say(tag === undefined ? 'there is no release before that has a bundle' : `the release before is ${tag}`);
  },
});
