import type { FileHandle } from 'node:fs/promises';

const PIECE = 2 ** 20;

/**
 * An open file from its start, piece by piece, all in one buffer: a piece holds until the next one is asked for. A buffer for each of
 * many small files would keep the garbage collector busier than all of the checks.
 */
export async function* piecesOf(file: FileHandle, size: number, advance: (bytes: number) => void): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(PIECE, Math.max(size, 1)));
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    advance(bytesRead);
    yield buffer.subarray(0, bytesRead);
  }
}
