import { join } from 'node:path';
import { isThere } from './files.ts';
import type { LogSource } from './source.ts';
import { textFolder } from './text-folder.ts';
import { tileFolder } from './tile-folder.ts';
import { servedTree, type UrlOptions } from './url.ts';

/** A log by where it is: an address, a folder with `tile/entries`, or one with `entries.jsonl`. */
export async function openSource(place: string, options: UrlOptions = {}): Promise<LogSource> {
  if (/^https?:\/\//.test(place)) return servedTree(place, options);
  const hasTiles = !(await isThere(join(place, 'entries.jsonl'))) && (await isThere(join(place, 'tile')));
  return hasTiles ? tileFolder(place) : textFolder(place);
}
