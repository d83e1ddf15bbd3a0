import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { sha256 } from '../core/index.ts';

const CHUNK = 1 << 20;

/** SHA-256 in hex. */
export function hexDigest(bytes: Uint8Array): string {
  return sha256(bytes).toString('hex');
}

/** SHA-256 in hex of a file of any size. */
export async function hexDigestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK })) hash.update(chunk);
  return hash.digest('hex');
}
