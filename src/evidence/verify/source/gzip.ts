import { crc32 } from 'node:zlib';
import type { ByteReader } from './bytes.ts';
import { Refused } from './refused.ts';

/** RFC 1952: magic, deflate, no flags (so no name), time 0, no extra flags, operating system unknown. */
const MEMBER = Buffer.from('1f8b08000000000000ff', 'hex');

/**
 * What one gzip member of stored blocks holds (RFC 1951 §3.2.4), from the first byte to the last: another member or anything else behind
 * it is refused, and so is a compressed block. So nothing can come out that is larger than what went in.
 *
 * @throws Refused `archive.whole`
 */
export async function* stored(bytes: ByteReader): AsyncGenerator<Buffer> {
  assertHeader(await bytes.take(10));
  let crc = 0;
  let length = 0;
  for (let final = false; !final; ) {
    const block = await nextBlock(bytes);
    final = block.final;
    let left = block.length;
    for await (const piece of bytes.stream(block.length)) {
      crc = crc32(piece, crc);
      left -= piece.length;
      yield piece;
    }
    if (left > 0) throw cutOff();
    length += block.length;
  }
  assertTrailer(await bytes.take(8), crc, length);
  if (!(await bytes.ended())) throw new Refused('archive.whole', 'there are bytes after its end');
}

/** Three bits (last block, type), filled to a byte; then the length and its complement. */
async function nextBlock(bytes: ByteReader): Promise<{ final: boolean; length: number }> {
  const head = await bytes.take(5);
  const [flags = 0] = head;
  if (flags > 1) throw new Refused('archive.whole', 'it is compressed: the blocks of a bundle are stored as they are');
  if (head.length < 5) throw cutOff();
  const length = head.readUInt16LE(1);
  if (head.readUInt16LE(3) !== (length ^ 0xffff)) throw new Refused('archive.whole', 'the length of a block is damaged');
  return { final: flags === 1, length };
}

function assertHeader(header: Buffer): void {
  if (header.length < 10 || !header.subarray(0, 3).equals(MEMBER.subarray(0, 3)))
    throw new Refused('archive.whole', 'it is not a gzip file');
  if (header.equals(MEMBER)) return;
  throw new Refused('archive.whole', 'its gzip header has a name, a time, extra flags or an operating system');
}

function assertTrailer(trailer: Buffer, crc: number, length: number): void {
  if (trailer.length < 8) throw cutOff();
  if (trailer.readUInt32LE(0) === crc && trailer.readUInt32LE(4) === length % 2 ** 32) return;
  throw new Refused('archive.whole', 'its checksum is not that of what it holds');
}

function cutOff(): Refused {
  return new Refused('archive.whole', 'it is cut off');
}
