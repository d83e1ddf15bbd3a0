import { createReadStream, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/index.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { VerifyError } from './errors.ts';
import { type LogReport, verifyEntries } from './log.ts';

const NEWLINE = 0x0a;
/** C2SP tlog-tiles bounds an entry by a uint16 length. */
const MAX_LINE_BYTES = 65_535;

export type VerifyExportOptions = {
  /** The log's key as it was handed over earlier. One that comes with the export proves only that the export agrees with itself. */
  readonly verifierKey?: string | undefined;
  /** A checkpoint kept from earlier: the log must continue it. */
  readonly since?: string | undefined;
};

/**
 * Verifies an exported log: a folder with `entries.jsonl`, `checkpoint` and, unless a key is given, `log.vkey`.
 *
 * @throws VerifyError
 */
export async function verifyExport(
  folder: string,
  options: VerifyExportOptions = {},
): Promise<LogReport & { readonly keySource: 'given' | 'export' }> {
  const key = options.verifierKey ?? read(join(folder, 'log.vkey'));
  const checkpoint = verifyCheckpoint(read(join(folder, 'checkpoint')), key);
  const since = options.since === undefined ? undefined : verifyCheckpoint(options.since, key);
  const report = await verifyEntries(linesOf(regularFile(join(folder, 'entries.jsonl'))), checkpoint, since);
  return { ...report, keySource: options.verifierKey === undefined ? 'export' : 'given' };
}

function read(file: string): string {
  const { size } = statOf(file);
  if (size > MAX_LINE_BYTES) throw unreadable(file, new Error(`it has ${size} bytes, a checkpoint or key has a few hundred`));
  try {
    return readFileSync(regularFile(file), 'utf8');
  } catch (cause) {
    throw cause instanceof VerifyError ? cause : unreadable(file, cause);
  }
}

/** A pipe or device could keep us for ever. */
function regularFile(file: string): string {
  if (!statOf(file).isFile()) throw unreadable(file, new Error('it is not a regular file'));
  return file;
}

function statOf(file: string): Stats {
  try {
    return statSync(file);
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
    if (rest.length > MAX_LINE_BYTES) break; // no entry is that long: what is yielded below is malformed, and the rest is not worth reading
  }
  if (rest.length > 0) yield rest.subarray(0, MAX_LINE_BYTES + 1);
}

async function* chunksOf(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file, { highWaterMark: 1 << 20 });
  } catch (cause) {
    throw unreadable(file, cause);
  }
}
