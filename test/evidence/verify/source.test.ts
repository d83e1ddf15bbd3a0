import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { archiveSource, type BundleSource, folderSource } from '../../../src/evidence/verify/index.ts';
import { gzipOf, type Member, tarOf } from './archives.ts';

const root = mkdtempSync(join(tmpdir(), 'countersign-source-'));
afterAll(() => rmSync(root, { recursive: true }));

type Read = { readonly files: ReadonlyMap<string, string>; readonly refusals: readonly string[]; readonly bytes: number };

/** Reads everything: digests by name, what was refused, and how many bytes were asked for. */
async function readAll(source: BundleSource): Promise<Read> {
  const files = new Map<string, string>();
  const refusals: string[] = [];
  let bytes = 0;
  const reading = {
    refuse: ({ check, reason }: { check: string; reason: string }) => refusals.push(`${check}: ${reason}`),
    advance: (count: number) => {
      bytes += count;
    },
  };
  for await (const file of source.files(reading)) {
    const hash = createHash('sha256');
    for await (const piece of file.chunks()) hash.update(piece);
    files.set(file.name, hash.digest('hex'));
  }
  return { files, refusals, bytes };
}

function readArchive(bytes: Buffer): Promise<Read> {
  const file = join(root, 'a.tar.gz');
  writeFileSync(file, bytes);
  return readAll(archiveSource(file));
}

const at = (name: string, content: Buffer = Buffer.from(name)): Member => ({ path: `evidence-v1.2.3/${name}`, content });
const long = `${'n'.repeat(80)}.sigstore.json`;
const members = [at('a.txt'), at('b.bin', Buffer.alloc(200_000, 7)), at('c', Buffer.alloc(0)), at('d', Buffer.alloc(512, 1)), at(long)];
const whole = tarOf(members);
const digests = new Map(
  members.map(({ path, content = Buffer.alloc(0) }) => [path.slice(16), createHash('sha256').update(content).digest('hex')]),
);

describe('an archive', () => {
  it('gives each file with its bytes, also over the bounds of blocks, and names beyond a hundred characters', async () => {
    const read = await readArchive(gzipOf(whole));
    expect(read).toEqual({ files: digests, refusals: [], bytes: gzipOf(whole).length });
  });

  it('is refused wherever it is cut, and what was read of it is not more than is there', async () => {
    const bytes = gzipOf(tarOf([at('a.txt'), at('b')]));
    for (let length = 0; length < bytes.length; length += 37) {
      const { refusals } = await readArchive(bytes.subarray(0, length));
      expect(refusals, `cut at ${length}`).toHaveLength(1);
      expect(refusals[0]).toMatch(/^archive\.whole: /);
    }
  });

  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'archive.whole: it is not a gzip file'],
    ['a zip file', Buffer.from('PK\x03\x04aaaaaaaaaaaaaaaaaaaaa'), 'archive.whole: it is not a gzip file'],
    [
      'a gzip with a name',
      withByte(gzipOf(whole), 3, 8),
      'archive.whole: its gzip header has a name, a time, extra flags or an operating system',
    ],
    [
      'a gzip with a time',
      withByte(gzipOf(whole), 4, 1),
      'archive.whole: its gzip header has a name, a time, extra flags or an operating system',
    ],
    [
      'a gzip with extra flags',
      withByte(gzipOf(whole), 8, 2),
      'archive.whole: its gzip header has a name, a time, extra flags or an operating system',
    ],
    [
      'a compressed block',
      withByte(gzipOf(whole), 10, 3),
      'archive.whole: it is compressed: the blocks of a bundle are stored as they are',
    ],
    ['a wrong length of a block', withByte(gzipOf(whole), 11, 3), 'archive.whole: the length of a block is damaged'],
    ['a wrong checksum', withByte(gzipOf(whole), gzipOf(whole).length - 8, 3), 'archive.whole: its checksum is not that of what it holds'],
    ['no end', gzipOf(tarOf(members, Buffer.alloc(0))), 'archive.whole: it ends before its end: two blocks of zeros must stand there'],
    ['half an end', gzipOf(tarOf(members, Buffer.alloc(512))), 'archive.whole: one block of zeros stands where two must'],
    ['more than an end', gzipOf(tarOf(members, Buffer.alloc(1_536))), 'archive.whole: there are bytes after the end of the archive'],
    ['a header of another format', gzipOf(gnu(whole)), 'archive.whole: a header is not POSIX ustar'],
    ['a damaged header', gzipOf(withByte(whole, 0, 0x66)), 'archive.whole: a header has a wrong checksum: the archive is damaged'],
    ['something in the padding', gzipOf(withByte(whole, 520, 1)), 'archive.whole: something stands behind "evidence-v1.2.3/a.txt"'],
    [
      'more said than is there',
      gzipOf(tarOf([{ ...at('a'), sizeField: Buffer.from('00000002000\0') }], Buffer.alloc(0))),
      'archive.size: "evidence-v1.2.3/a" says it has 512 bytes more than are there',
    ],
    [
      'more said than the archive holds',
      gzipOf(tarOf([{ ...at('a'), sizeField: Buffer.from('10000000000\0') }])),
      'archive.size: "evidence-v1.2.3/a" says it has more bytes than the archive holds',
    ],
    [
      '10 GB said',
      gzipOf(tarOf([{ ...at('a'), sizeField: Buffer.from('8000000000000002540be400', 'hex') }])),
      'archive.size: "evidence-v1.2.3/a" says its size in a form of GNU\'s',
    ],
    [
      '1 byte said in the form of GNU',
      gzipOf(tarOf([{ ...at('a', Buffer.alloc(1)), sizeField: Buffer.from('800000000000000000000001', 'hex') }])),
      'archive.size: "evidence-v1.2.3/a" says its size in a form of GNU\'s',
    ],
    [
      'no byte said in the form of GNU for what is below nothing',
      gzipOf(tarOf([{ ...at('a'), sizeField: Buffer.from('ffffffffffffffffffffffff', 'hex') }])),
      'archive.size: "evidence-v1.2.3/a" says its size in a form of GNU\'s',
    ],
    [
      '6 GiB said',
      gzipOf(tarOf([{ ...at('a'), sizeField: Buffer.from('60000000000\0') }])),
      'archive.size: "evidence-v1.2.3/a" says it has 6442450944 bytes; 5 GiB is the most',
    ],
    ['no size', gzipOf(tarOf([{ ...at('a'), sizeField: Buffer.from('-0000000001\0') }])), 'archive.whole: "evidence-v1.2.3/a" has no size'],
  ])('that is %s is refused', async (_, bytes, refusal) => {
    expect((await readArchive(bytes)).refusals).toEqual([refusal]);
  });

  it('that promises more is not read beyond what was refused', async () => {
    const zeros = Buffer.alloc(32 * 2 ** 20);
    const { refusals, bytes } = await readArchive(gzipOf(Buffer.concat([whole, zeros])));
    expect(refusals).toEqual(['archive.whole: there are bytes after the end of the archive']);
    expect(bytes).toBeLessThan(4 * 2 ** 20);
  });

  it('however its bytes are changed is refused, or reads the same', async () => {
    const good = gzipOf(whole);
    const change = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bad = Buffer.from(good);
        for (const { at: index, byte } of changes) bad.writeUInt8(byte, index);
        const { refusals, files } = await readArchive(bad);
        if (bad.equals(good)) expect({ refusals, files }).toEqual({ refusals: [], files: digests });
        else expect(refusals).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('of headers that nobody would write never gives a name that leads elsewhere, and ends', async () => {
    const field = fc.record({ at: fc.nat(511), text: fc.string({ unit: 'binary-ascii', maxLength: 24 }) });
    const mess = fc.array(fc.record({ fields: fc.array(field, { maxLength: 3 }), summed: fc.boolean(), size: fc.nat(2_000) }), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(mess, async (headers) => {
        const blocks = headers.map(({ fields, summed, size }, index) => {
          const block = tarOf([at(`f${index}`, Buffer.alloc(size))], Buffer.alloc(0));
          for (const { at: offset, text } of fields) block.write(text, offset, 512 - offset, 'latin1');
          return summed ? withSum(block) : block;
        });
        const { files } = await readArchive(gzipOf(Buffer.concat([...blocks, Buffer.alloc(1_024)])));
        for (const name of files.keys()) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}(\.sigstore\.json)?$/);
        expect(files.size).toBeLessThanOrEqual(headers.length);
      }),
      { numRuns: 300 },
    );
  });
});

function withByte(bytes: Buffer, index: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(value, index);
  return changed;
}

function withSum(block: Buffer): Buffer {
  block.fill(' ', 148, 156);
  const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function gnu(tar: Buffer): Buffer {
  const changed = Buffer.from(tar);
  changed.write('ustar  \0', 257, 'latin1');
  return withSum(changed);
}

describe('a folder', () => {
  it('gives its files by name, and none that is a link, a folder or hidden', async () => {
    const folder = join(root, 'folder');
    mkdirSync(join(folder, 'sub'), { recursive: true });
    writeFileSync(join(folder, 'b'), 'b');
    writeFileSync(join(folder, 'A'), 'a');
    writeFileSync(join(folder, '.c'), 'c');
    symlinkSync('/etc/passwd', join(folder, 'd'));
    symlinkSync('b', join(folder, 'e'));
    const { files, refusals } = await readAll(folderSource(folder));
    expect([...files.keys()]).toEqual(['A', 'b']);
    expect(refusals).toEqual([
      'files.plain: ".c" is not a plain name',
      'files.plain: `d` is a symbolic link',
      'files.plain: `e` is a symbolic link',
      'files.plain: `sub` is not a regular file',
    ]);
  });

  it('that is not there cannot be read', async () => {
    await expect(readAll(folderSource(join(root, 'none')))).rejects.toMatchObject({ code: 'evidence.verify.bundle_unreadable' });
    await expect(readAll(archiveSource(join(root, 'none')))).rejects.toMatchObject({ code: 'evidence.verify.bundle_unreadable' });
    await expect(readAll(archiveSource('/dev/null'))).rejects.toMatchObject({ code: 'evidence.verify.bundle_unreadable' });
  });
});
