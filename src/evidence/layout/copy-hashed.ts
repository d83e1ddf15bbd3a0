import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Stored } from './partial-file.ts';

const CHUNK = 1 << 20;

/**
 * Copies a file and hashes what it writes. Two buffers take turns: while one is hashed here, the other is read and written by the
 * system's threads, so that the time is that of the hash alone.
 */
export async function copyHashed(from: FileHandle, to: FileHandle, onBytes: (count: number) => void): Promise<Stored> {
  const hash = createHash('sha256');
  let [current, other] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)];
  let size = 0;
  let reading = from.read(current, 0, CHUNK, null);
  let writing = Promise.resolve();
  try {
    for (;;) {
      const { bytesRead } = await reading;
      await writing; // of `other`, which is free then
      if (bytesRead === 0) return { sha256: hash.digest('hex'), size };
      const chunk = current.subarray(0, bytesRead);
      reading = from.read(other, 0, CHUNK, null);
      writing = writeAll(to, chunk);
      hash.update(chunk);
      size += bytesRead;
      onBytes(bytesRead);
      [current, other] = [other, current];
    }
  } finally {
    await Promise.allSettled([reading, writing]); // before the files are closed
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
}
