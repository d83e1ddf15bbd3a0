import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { readJson } from '../fixture.ts';

/** A member of an archive, with whatever an attacker would like its header to say. */
export type Member = {
  readonly path: string;
  readonly content?: Buffer;
  readonly type?: string;
  readonly link?: string;
  /** The twelve bytes of its size field, instead of the size of its content. */
  readonly sizeField?: Buffer;
  readonly mode?: string;
  readonly seconds?: number;
};

/** The members that a packed bundle has. */
export function membersOf(folder: string): Member[] {
  const { release, at } = readJson(join(folder, 'manifest.json'));
  const seconds = Math.floor(Date.parse(at) / 1_000);
  const names = readdirSync(folder).toSorted((a, b) => (a < b ? -1 : 1));
  return names.map((name) => ({ path: `evidence-${release}/${name}`, content: readFileSync(join(folder, name)), seconds }));
}

/** A ustar archive written from the page, not by `pack`. */
export function tarOf(members: readonly Member[], end: Buffer = Buffer.alloc(1_024)): Buffer {
  return Buffer.concat([...members.flatMap(blocksOf), end]);
}

function headerOf({ path, content = Buffer.alloc(0), type = '0', link = '', sizeField, mode = '0000644\0', seconds = 0 }: Member): Buffer {
  const block = Buffer.alloc(512);
  const slash = path.length > 100 ? path.indexOf('/') : -1;
  block.write(path.slice(slash + 1), 0, 100, 'latin1');
  if (slash > 0) block.write(path.slice(0, slash), 345, 155, 'latin1');
  block.write(`${mode}0000000\0${'0000000\0'}`, 100, 'latin1');
  (sizeField ?? Buffer.from(`${content.length.toString(8).padStart(11, '0')}\0`)).copy(block, 124);
  block.write(`${seconds.toString(8).padStart(11, '0')}\0`, 136, 'latin1');
  block.write(`${type}${link}`, 156, 101, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write('0000000\x000000000\0', 329, 'latin1');
  return summed(block);
}

/** With the checksum that its bytes call for. */
function summed(block: Buffer): Buffer {
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function blocksOf(member: Member): Buffer[] {
  const { content = Buffer.alloc(0) } = member;
  return [headerOf(member), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

/** A gzip member of stored blocks around these bytes. */
export function gzipOf(bytes: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from('1f8b08000000000000ff', 'hex')];
  for (let at = 0; at < bytes.length || at === 0; at += 0xffff) {
    const piece = bytes.subarray(at, at + 0xffff);
    const head = Buffer.alloc(5);
    head.writeUInt8(at + 0xffff >= bytes.length ? 1 : 0);
    head.writeUInt16LE(piece.length, 1);
    head.writeUInt16LE(piece.length ^ 0xffff, 3);
    parts.push(head, piece);
  }
  const end = Buffer.alloc(8);
  end.writeUInt32LE(crc32(bytes), 0);
  end.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([...parts, end]);
}
