import { crc32 } from 'node:zlib';

/** What stands in an archive, in the order of its names. */
export type Member = { readonly name: string; readonly size: number; readonly content: AsyncIterable<Uint8Array> };

const BLOCK = 512;
/** The longest that fits a size in ustar's eleven octal digits is 8 GiB; the format ends earlier. */
export const LARGEST_MEMBER = 5 * 2 ** 30;

/**
 * A `.tar.gz` whose bytes depend on nothing but its members and the time: POSIX ustar (IEEE Std 1003.1, pax, "ustar Interchange Format") in
 * gzip (RFC 1952) of stored blocks (RFC 1951 §3.2.4). Stored, because what a compressor writes differs from version to version and from
 * machine to machine, and a bundle's bytes must not.
 */
export async function* archive(folder: string, members: Iterable<Member>, at: Date): AsyncGenerator<Buffer> {
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  let [crc, size] = [0, 0];
  for await (const part of tar(folder, members, at)) {
    crc = crc32(part, crc);
    size += part.length;
    yield* stored(part);
  }
  const end = Buffer.alloc(13);
  end.writeUInt8(1, 0); // the last block, empty
  end.writeUInt16LE(0xffff, 3);
  end.writeUInt32LE(crc, 5);
  end.writeUInt32LE(size % 2 ** 32, 9);
  yield end;
}

const LARGEST_STORED = 0xffff;

function* stored(part: Uint8Array): Generator<Buffer> {
  for (let from = 0; from < part.length; from += LARGEST_STORED) {
    const piece = part.subarray(from, from + LARGEST_STORED);
    const head = Buffer.alloc(5);
    head.writeUInt16LE(piece.length, 1);
    head.writeUInt16LE(piece.length ^ 0xffff, 3);
    yield head;
    yield Buffer.from(piece);
  }
}

async function* tar(folder: string, members: Iterable<Member>, at: Date): AsyncGenerator<Uint8Array> {
  for (const { name, size, content } of members) {
    yield header(`${folder}/${name}`, size, at);
    let left = size;
    for await (const part of content) {
      left -= part.length;
      if (part.length > 0) yield part;
    }
    if (left !== 0) throw new Error(`\`${name}\` has ${size - left} bytes and had ${size}: it was changed while it was read`);
    yield Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

function header(path: string, size: number, at: Date): Buffer {
  const block = Buffer.alloc(BLOCK);
  const field = (value: string, offset: number, length: number) => {
    if (value.length > length) throw new Error(`\`${path}\` does not fit an archive: \`${value}\` has more than ${length} characters`);
    block.write(value, offset, length, 'ascii');
  };
  const octal = (value: number, offset: number, digits: number) => field(value.toString(8).padStart(digits, '0'), offset, digits);
  const split = path.length <= 100 ? -1 : path.indexOf('/');
  field(path.slice(split + 1), 0, 100);
  octal(0o644, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(Math.floor(at.getTime() / 1_000), 136, 11);
  block.write('0', 156); // a regular file
  block.write('ustar\u000000', 257, 'latin1');
  octal(0, 329, 7);
  octal(0, 337, 7);
  if (split > 0) field(path.slice(0, split), 345, 155);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
