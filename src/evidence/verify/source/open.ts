import { stat } from 'node:fs/promises';
import { archiveSource } from './archive.ts';
import { folderSource } from './folder.ts';
import type { BundleSource } from './source.ts';

/** A folder as loose files, anything else as an archive. What is not there is found missing when it is read. */
export async function openBundle(bundle: string | BundleSource): Promise<BundleSource> {
  if (typeof bundle !== 'string') return bundle;
  const status = await stat(bundle).catch(() => undefined);
  return status?.isDirectory() === true ? folderSource(bundle) : archiveSource(bundle);
}
