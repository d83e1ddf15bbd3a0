import type { FileHandle } from 'node:fs/promises';

const PIECE = 2 ** 20;

/** An open file from its start, piece by piece; each piece is the reader's own. */
export async function* piecesOf(file: FileHandle, advance: (bytes: number) => void): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(PIECE), 0, PIECE, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    advance(bytesRead);
    yield buffer.subarray(0, bytesRead);
  }
}
