import { createReadStream } from 'node:fs';
import { join } from 'node:path';

const NEWLINE = 0x0a;

/**
 * The leaf bodies of an exported log, in order, without the line ends. Splits at the byte 0x0A only: `node:readline` would also
 * split at U+2028, which canonical JSON leaves as it is.
 */
export async function* exportedLeaves(folder: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(join(folder, 'entries.jsonl'))) {
    const data: Buffer = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, start)) {
      yield data.subarray(start, end);
      start = end + 1;
    }
    rest = data.subarray(start);
  }
  if (rest.length > 0) yield rest;
}
