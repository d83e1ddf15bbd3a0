import { MAX_ITEM } from '../names.ts';
import { Refused } from './refused.ts';
import type { SourceCheck } from './source.ts';

export const BLOCK = 512;

/** What a header block of a ustar archive says (POSIX.1-1988; https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html). */
export type Header = {
  /** Prefix and name. */
  readonly path: string;
  readonly size: number;
  /** Modification time, seconds since the epoch. */
  readonly seconds: number;
  /** What is wrong with it and does not keep us from reading on. */
  readonly problems: readonly Problem[];
};

/** `skip`: the file is not one that may be read. */
export type Problem = { readonly check: SourceCheck; readonly reason: string; readonly skip: boolean };

const types: Readonly<Record<string, string>> = {
  '\0': 'a file in the form of before POSIX',
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '5': 'a folder',
  '6': 'a FIFO',
  x: 'a pax extension',
  g: 'a pax extension',
  L: 'a GNU extension',
  K: 'a GNU extension',
};

/** Reads a block of 512 bytes that are not all zero. @throws Refused where what follows cannot be told */
export function readHeader(block: Buffer): Header {
  if (sumOf(block) !== octal(block.subarray(148, 156)))
    throw new Refused('archive.whole', 'a header has a wrong checksum: the archive is damaged');
  if (block.toString('latin1', 257, 265) !== 'ustar\x0000') throw new Refused('archive.whole', 'a header is not POSIX ustar');
  const [name, prefix] = [textOf(block.subarray(0, 100)), textOf(block.subarray(345, 500))];
  const path = prefix === '' ? name : `${prefix}/${name}`;
  return {
    path,
    size: sizeOf(path, block.subarray(124, 136)),
    seconds: octal(block.subarray(136, 148)),
    problems: problemsOf(path, block),
  };
}

function problemsOf(path: string, block: Buffer): Header['problems'] {
  const type = block.toString('latin1', 156, 157);
  const quoted = JSON.stringify(path);
  if (type !== '0') return [{ check: 'archive.type', reason: `${quoted} is ${types[type] ?? 'of an unknown type'}`, skip: true }];
  if (!isZero(block.subarray(157, 257))) return [{ check: 'archive.type', reason: `${quoted} is a file and names a link`, skip: true }];
  const [mode, ...owner] = [block.subarray(100, 108), block.subarray(108, 116), block.subarray(116, 124)];
  const nameless = isZero(block.subarray(265, 329)) && [...owner, block.subarray(329, 337), block.subarray(337, 345)].every(isNought);
  if (octal(mode) === 0o644 && nameless && isZero(block.subarray(500))) return [];
  return [{ check: 'archive.whole', reason: `${quoted} has a mode, an owner or a device number that it must not have`, skip: false }];
}

/** Eleven octal digits. A size in the binary form of GNU's is refused, also a small one: not every reader would take it for the same. */
function sizeOf(path: string, field: Buffer): number {
  if ((field[0] ?? 0) >= 0x80) throw new Refused('archive.size', `${JSON.stringify(path)} says its size in a form of GNU's`);
  const size = octal(field);
  if (Number.isNaN(size)) throw new Refused('archive.whole', `${JSON.stringify(path)} has no size`);
  if (size <= MAX_ITEM) return size;
  throw new Refused('archive.size', `${JSON.stringify(path)} says it has ${size} bytes; 5 GiB is the most`);
}

/** Octal digits, ended by NUL or a space. NaN, which is like no number, for anything else. */
function octal(field: Buffer): number {
  const [, digits] = /^([0-7]+)[\0 ]+$/.exec(field.toString('latin1')) ?? [];
  return digits === undefined ? Number.NaN : Number.parseInt(digits, 8);
}

/** Zero, written or not written. */
function isNought(field: Buffer): boolean {
  return isZero(field) || octal(field) === 0;
}

/** The sum of all bytes, those of the checksum itself taken as spaces. */
function sumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte;
  return sum;
}

/** Up to the first NUL; what stands behind it is refused, for another reader might read it. */
function textOf(field: Buffer): string {
  const end = field.indexOf(0);
  if (end < 0) return field.toString('latin1');
  if (!isZero(field.subarray(end))) throw new Refused('archive.whole', 'a header has something behind a name');
  return field.toString('latin1', 0, end);
}

export function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
