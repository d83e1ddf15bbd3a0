import { z } from 'zod';
import { type Account, addressOf, ask, type Call, read } from './api.ts';

const releaseSchema = z.object({ id: z.int(), tag_name: z.string(), upload_url: z.string(), html_url: z.string() });
export type Release = z.infer<typeof releaseSchema>;

/** The release of a tag, made when there is none. @throws StepError */
export async function releaseOf(account: Account, tag: string): Promise<Release> {
  return (await findRelease(account, tag)) ?? create(account, tag);
}

/** The release of a tag, if there is one. @throws StepError */
export async function findRelease(account: Account, tag: string): Promise<Release | undefined> {
  const call: Call = { method: 'GET', url: addressOf(account, `/releases/tags/${encodeURIComponent(tag)}`) };
  const response = await ask(account, call);
  if (response.status !== 404) return read(call, response, [200], releaseSchema);
  await response.body?.cancel();
  return undefined;
}

async function create(account: Account, tag: string): Promise<Release> {
  // A tag like v1.2.3-rc.1 is of a release that is not one yet.
  const body = JSON.stringify({ tag_name: tag, name: tag, prerelease: tag.includes('-') });
  const call: Call = { method: 'POST', url: addressOf(account, '/releases'), headers: { 'content-type': 'application/json' }, body };
  return read(call, await ask(account, call), [201], releaseSchema);
}
