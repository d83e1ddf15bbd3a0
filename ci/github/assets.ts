import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { type Account, addressOf, ask, type Call, read, refused } from './api.ts';
import type { Release } from './release.ts';

const assetSchema = z.object({
  id: z.int(),
  name: z.string(),
  /** `starter` is what an upload that broke off leaves. */
  state: z.string(),
  size: z.int(),
  /** `sha256:…`; hosts of before 2025 do not tell it. */
  digest: z.string().nullish(),
});
export type Asset = z.infer<typeof assetSchema>;

const PAGE = 100;

/** All assets of a release. @throws StepError */
export async function listAssets(account: Account, release: Release): Promise<Asset[]> {
  const assets: Asset[] = [];
  for (let page = 1; ; page++) {
    const call: Call = { method: 'GET', url: addressOf(account, `/releases/${release.id}/assets?per_page=${PAGE}&page=${page}`) };
    const some = await read(call, await ask(account, call), [200], z.array(assetSchema));
    assets.push(...some);
    if (some.length < PAGE) return assets;
  }
}

/** Uploads a file from disk, streamed. @throws StepError */
export async function uploadAsset(account: Account, release: Release, name: string, body: Blob): Promise<Asset> {
  const url = `${release.upload_url.replace(/\{.*\}$/, '')}?name=${encodeURIComponent(name)}`;
  const call: Call = { method: 'POST', url, headers: { 'content-type': mediaTypeOf(name) }, body };
  return read(call, await ask(account, call), [201], assetSchema);
}

/** @throws StepError */
export async function deleteAsset(account: Account, { id }: Asset): Promise<void> {
  const call: Call = { method: 'DELETE', url: addressOf(account, `/releases/assets/${id}`) };
  await read(call, await ask(account, call), [204], z.undefined());
}

/** The bytes of an asset; the host sends them itself or says where they are. @throws StepError */
export async function downloadAsset(account: Account, { id }: Asset): Promise<AsyncIterable<Uint8Array>> {
  const call: Call = { method: 'GET', url: addressOf(account, `/releases/assets/${id}`), headers: { accept: 'application/octet-stream' } };
  const response = await ask(account, call);
  if (response.status !== 200 || response.body === null) throw refused(call, response.status, await response.text());
  return response.body;
}

/** Writes the bytes of an asset into a file, and gives their `sha256:…`. @throws StepError */
export async function saveAsset(account: Account, asset: Asset, file: string): Promise<string> {
  const hash = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(await downloadAsset(account, asset), hashed, createWriteStream(file));
  return `sha256:${hash.digest('hex')}`;
}

/** `sha256:…` of an asset, by what the host says or else by its bytes. @throws StepError */
export async function digestOfAsset(account: Account, asset: Asset): Promise<string> {
  if (typeof asset.digest === 'string') return asset.digest;
  const hash = createHash('sha256');
  for await (const chunk of await downloadAsset(account, asset)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

function mediaTypeOf(name: string): string {
  if (name.endsWith('.tar.gz')) return 'application/gzip';
  return name.endsWith('.json') ? 'application/json' : 'application/octet-stream';
}
