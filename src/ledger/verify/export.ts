import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/index.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { VerifyError } from './errors.ts';
import { type LogReport, verifyEntries } from './log.ts';

const NEWLINE = 0x0a;

/**
 * Verifies an exported log: a folder with `entries.jsonl`, `checkpoint` and, unless a key is given, `log.vkey`. A key that
 * comes with the export proves only that the export agrees with itself; give the one handed over earlier.
 *
 * @throws VerifyError
 */
export async function verifyExport(folder: string, verifierKey?: string): Promise<LogReport & { readonly keySource: 'given' | 'export' }> {
  const key = verifierKey ?? read(join(folder, 'log.vkey'));
  const checkpoint = verifyCheckpoint(read(join(folder, 'checkpoint')), key);
  const report = await verifyEntries(linesOf(join(folder, 'entries.jsonl')), checkpoint);
  return { ...report, keySource: verifierKey === undefined ? 'export' : 'given' };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): VerifyError {
  return new VerifyError('verify.file_unreadable', `cannot read \`${file}\`: ${messageOf(cause)}`, {
    cause,
    remedy: 'give the folder that `countersign ledger export` wrote',
  });
}

/** The file's lines as bytes, without the line ends; what is not UTF-8 stays as it is. */
async function* linesOf(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunksOf(file)) {
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

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file, { highWaterMark: 1 << 20 });
  } catch (cause) {
    throw unreadable(file, cause);
  }
}
