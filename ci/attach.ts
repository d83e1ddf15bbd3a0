import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { messageOf } from '../src/core/index.ts';
import type { Account } from './github/api.ts';
import { type Asset, deleteAsset, digestOfAsset, listAssets, uploadAsset } from './github/assets.ts';
import { type Release, releaseOf } from './github/release.ts';
import { environment, required, StepError, say, step } from './step.ts';

const usage = `node ci/attach.ts --tag TAG [--replace] FILE…

Attaches files to the release of a tag; makes the release when there is none. A file that is attached already with the same bytes
stays; one with other bytes is an error, and nothing is attached, unless --replace is given.
Environment: GITHUB_API_URL, GITHUB_REPOSITORY (owner/name), GITHUB_TOKEN (with contents: write).`;

export type AttachRequest = { readonly tag: string; readonly files: readonly string[]; readonly replace?: boolean };
type Local = { readonly file: string; readonly name: string; readonly size: number; readonly digest: string };
export type Attached = { readonly name: string; readonly digest: string; readonly uploaded: boolean };

/** @throws StepError; before anything is uploaded, where the files themselves or what is attached are the reason */
export async function attach(account: Account, { tag, files, replace = false }: AttachRequest): Promise<Attached[]> {
  const locals: Local[] = [];
  for (const file of files) locals.push(await readLocal(file));
  const release = await releaseOf(account, tag);
  const present = await listAssets(account, release);
  const plan: { local: Local; before: Asset | undefined; same: boolean }[] = [];
  for (const local of locals) {
    const before = present.find(({ name }) => name === local.name);
    const same = before !== undefined && before.state === 'uploaded' && (await digestOfAsset(account, before)) === local.digest;
    if (before?.state === 'uploaded' && !same && !replace) throw differs(tag, local);
    plan.push({ local, before, same });
  }
  for (const { local, before, same } of plan) {
    if (same) continue;
    if (before !== undefined) await deleteAsset(account, before);
    await upload(account, release, local);
  }
  return plan.map(({ local: { name, digest }, same }) => ({ name, digest, uploaded: !same }));
}

async function readLocal(file: string): Promise<Local> {
  const name = basename(file);
  // The host renames what it does not like, and then nobody finds it.
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$/.test(name)) {
    throw new StepError('step.usage', `\`${name}\` would be renamed by the release host`, {
      remedy: 'use letters, digits, `.`, `_` and `-`',
    });
  }
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream(file)) {
      hash.update(chunk);
      size += chunk.length;
    }
  } catch (cause) {
    throw new StepError('step.unreadable', `cannot read \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'build and sign the bundle first',
    });
  }
  return { file, name, size, digest: `sha256:${hash.digest('hex')}` };
}

/** What the host took must be what was sent; else nobody shall find it. */
async function upload(account: Account, release: Release, { file, name, size, digest }: Local): Promise<void> {
  const asset = await uploadAsset(account, release, name, await openAsBlob(file));
  if (asset.name === name && asset.size === size && (await digestOfAsset(account, asset)) === digest) return;
  await deleteAsset(account, asset);
  throw new StepError('step.refused', `the release host has \`${asset.name}\` of ${asset.size} bytes, not \`${name}\` of ${size}`, {
    remedy: 'run the step again; what was attached wrongly is deleted',
  });
}

function differs(tag: string, { name }: Local): StepError {
  return new StepError('step.asset_differs', `release \`${tag}\` has another \`${name}\` attached`, {
    remedy: 'find out who attached it; give --replace to put this one in its place',
  });
}

await step(import.meta.url, {
  usage,
  options: { tag: { type: 'string' }, replace: { type: 'boolean', default: false } },
  run: async ({ values, positionals }) => {
    const tag = required('--tag', values.tag);
    if (positionals.length === 0) throw new StepError('step.usage', 'no FILE to attach');
    const api = environment('GITHUB_API_URL');
    const account = { api, repository: environment('GITHUB_REPOSITORY'), token: environment('GITHUB_TOKEN') };
    const attached = await attach(account, { tag, files: positionals, replace: values.replace });
    for (const { name, digest, uploaded } of attached) say(`${uploaded ? 'attached' : 'there already'}  ${name}  ${digest}`);
  },
});
