import { createHash } from 'node:crypto';
import { fail } from '../report.ts';
import type { SourceFile } from '../source/source.ts';

/** A file as a whole. Throws when it is larger than it may be. */
export async function bytesOf(file: SourceFile, most: number): Promise<Buffer> {
  if (file.size > most) fail(`\`${file.name}\` has ${file.size} bytes, ${most} are the most`);
  const bytes = Buffer.allocUnsafe(file.size);
  let size = 0;
  for await (const piece of file.chunks()) {
    if (size + piece.length > file.size) fail(`\`${file.name}\` grew while it was read`);
    size += piece.copy(bytes, size);
  }
  return bytes.subarray(0, size);
}

/** Size and SHA-256 in hex, read as a stream. */
export async function digestOfFile(file: SourceFile): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of file.chunks()) {
    size += piece.length;
    hash.update(piece);
  }
  return { size, sha256: hash.digest('hex') };
}
