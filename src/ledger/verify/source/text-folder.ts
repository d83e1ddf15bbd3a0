import { join } from 'node:path';
import { chunksOf, readText, readTextIfThere } from './files.ts';
import { parseRotations } from './rotations.ts';
import type { LogSource, Page } from './source.ts';

const NEWLINE = 0x0a;
const CHUNK = 2 ** 20;
/** C2SP tlog-tiles bounds an entry by a uint16 length. */
const MAX_LINE_BYTES = 65_535;

/** A folder with `entries.jsonl` (a leaf body a line), `checkpoint`, `log.vkey`, and `rotations.json` if the key was ever changed. */
export function textFolder(folder: string): LogSource {
  return {
    name: folder,
    checkpoint: () => readText(folder, 'checkpoint'),
    rotations: async () => parseRotations(await readTextIfThere(folder, 'rotations.json')),
    verifierKey: () => readText(folder, 'log.vkey'),
    pages: (from) => linesOf(join(folder, 'entries.jsonl'), from),
    close: async () => undefined,
  };
}

/** The file's lines as bytes, without the line ends; what is not UTF-8 stays as it is. */
async function* linesOf(file: string, from: number): AsyncGenerator<Page> {
  let rest: Buffer = Buffer.alloc(0);
  let skip = from;
  for await (const chunk of chunksOf(file, CHUNK)) {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const starts: number[] = [];
    const ends: number[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      if (skip > 0) skip -= 1;
      else {
        starts.push(start);
        ends.push(end);
      }
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (ends.length > 0) yield { bytes, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
    if (rest.length > MAX_LINE_BYTES) break; // no entry is that long: what is yielded below is malformed, and the rest is not worth reading
  }
  if (rest.length === 0 || skip > 0) return;
  const length = Math.min(rest.length, MAX_LINE_BYTES + 1);
  yield { bytes: rest.subarray(0, length), starts: Uint32Array.of(0), ends: Uint32Array.of(length) };
}
