import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { messageOf } from '../../../core/index.ts';
import { EvidenceVerifyError } from '../errors.ts';
import { ByteReader } from './bytes.ts';
import { stored } from './gzip.ts';
import { piecesOf } from './pieces.ts';
import { Refused } from './refused.ts';
import type { BundleSource, Reading, SourceFile } from './source.ts';
import { unpacked } from './tar.ts';

/** A bundle as one `.tar.gz`. Reads it as a stream and writes nothing. */
export function archiveSource(path: string): BundleSource {
  return {
    place: path,
    checks: ['archive.whole', 'archive.name', 'archive.type', 'archive.size'],
    size: async () => (await stat(path).catch((cause: unknown) => unreadable(path, cause))).size,
    files: (reading) => filesIn(path, reading),
  };
}

async function* filesIn(path: string, reading: Reading): AsyncGenerator<SourceFile> {
  const file = await openFile(path);
  const ending = new Ending(reading);
  try {
    const { size } = await file.stat();
    const gzip = new ByteReader(piecesOf(file, size, (bytes) => reading.advance(bytes)));
    for await (const found of unpacked(new ByteReader(stored(gzip)), size, reading)) {
      yield { ...found, chunks: () => ending.of(found.chunks()) };
      if (ending.reached) return;
    }
  } catch (error) {
    ending.tell(error);
  } finally {
    await file.close();
  }
}

/** Where an archive cannot be read on: told once, whether it was between two files or inside one. */
class Ending {
  readonly #reading: Reading;
  reached = false;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  tell(error: unknown): void {
    if (!(error instanceof Refused)) throw error;
    if (!this.reached) this.#reading.refuse(error.refusal);
    this.reached = true;
  }

  async *of(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* chunks;
    } catch (error) {
      this.tell(error);
    }
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (cause) {
    unreadable(path, cause);
  }
  return unreadable(path, 'it is neither a folder nor a file');
}

function unreadable(path: string, cause: unknown): never {
  throw new EvidenceVerifyError('evidence.verify.bundle_unreadable', `cannot read \`${path}\`: ${messageOf(cause)}`, {
    cause,
    remedy: 'name the folder that holds manifest.json, or its .tar.gz',
  });
}
