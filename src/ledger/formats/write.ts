import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SequencedLeaf } from '../store.ts';
import type { EntryFormat } from './format.ts';

/** Pieces are put together up to about this size: a write a row would cost more than the row. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Writes entries as they are read: the next page is asked for when the one before has gone out, so that a slow reader slows the database
 * and not the other way round, and memory does not grow with the log.
 *
 * @returns How many entries were written.
 */
export async function writeEntries(
  pages: AsyncIterable<readonly SequencedLeaf[]>,
  format: EntryFormat,
  to: Writable,
  options: { readonly end?: boolean } = {},
): Promise<number> {
  const counted = { entries: 0 };
  const chunks = Readable.from(chunksOf(pages, format, counted), { objectMode: true, highWaterMark: 1 });
  await pipeline(chunks, to, { end: options.end ?? true });
  return counted.entries;
}

async function* chunksOf(
  pages: AsyncIterable<readonly SequencedLeaf[]>,
  { head, write }: EntryFormat,
  counted: { entries: number },
): AsyncGenerator<Buffer> {
  if (head !== '') yield Buffer.from(head);
  for await (const leaves of pages) {
    let pieces: Buffer[] = [];
    let bytes = 0;
    for (const leaf of leaves) {
      const piece = Buffer.from(write(leaf));
      counted.entries += 1;
      pieces.push(piece);
      bytes += piece.length;
      if (bytes < CHUNK_BYTES) continue;
      yield Buffer.concat(pieces);
      [pieces, bytes] = [[], 0];
    }
    if (pieces.length > 0) yield Buffer.concat(pieces);
  }
}
