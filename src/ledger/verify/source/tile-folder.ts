import { join } from 'node:path';
import { readBytesIfThere, readText, readTextIfThere } from './files.ts';
import { parseRotations } from './rotations.ts';
import type { LogSource } from './source.ts';
import { tileReaders } from './tiles.ts';

/** A folder as C2SP tlog-tiles lays it out: `checkpoint`, `tile/…`, `tile/entries/…`, beside `log.vkey` and `rotations.json`. */
export function tileFolder(folder: string): LogSource {
  return {
    name: folder,
    checkpoint: () => readText(folder, 'checkpoint'),
    rotations: async () => parseRotations(await readTextIfThere(folder, 'rotations.json')),
    verifierKey: () => readText(folder, 'log.vkey'),
    ...tileReaders((path) => readBytesIfThere(join(folder, path))),
    close: async () => undefined,
  };
}
