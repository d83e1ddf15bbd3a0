import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/index.ts';
import { packBundle } from '../../src/evidence/index.ts';
import { archive, type Member } from '../../src/evidence/layout/archive.ts';
import { verifyBundle } from '../../src/evidence/verify/index.ts';
import { openBelow } from '../support/open-files.ts';
import { temporaryFolder, write, writeSigned } from './fixture.ts';

const root = temporaryFolder();
afterAll(() => root.remove());

async function* of(...parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

async function bytesOf(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

describe('an archive', () => {
  it('is what tar and gzip read, whatever the sizes', async () => {
    const contents = [0, 1, 511, 512, 513, 65_535, 65_536, 200_000].map((size) => Buffer.alloc(size, String(size)));
    const members: Member[] = contents.map((bytes, index) => ({
      name: `f${index}`,
      size: bytes.length,
      content: of(bytes.subarray(0, 7), bytes.subarray(7)),
    }));
    const file = write(join(root.path, 'sizes.tar.gz'), await bytesOf(archive('evidence-v1.0.0', members, new Date(1_767_225_600_000))));
    execFileSync('gzip', ['-t', file]);
    const listed = execFileSync('tar', ['--utc', '-tvzf', file], { encoding: 'utf8' });
    expect(listed.split('\n')[2]).toMatch(/^-rw-r--r-- 0\/0 +511 2026-01-01 00:00 evidence-v1\.0\.0\/f2$/);
    execFileSync('tar', ['-xzf', file, '-C', root.path]);
    for (const [index, bytes] of contents.entries()) {
      expect(readFileSync(join(root.path, `evidence-v1.0.0/f${index}`)).equals(bytes)).toBe(true);
    }
  });

  it('takes names beyond the 100 bytes of the first field', async () => {
    const folder = `evidence-v1.0.0-${'rc.'.repeat(8)}1`;
    const name = `${'n'.repeat(80)}.sigstore.json`;
    const file = write(
      join(root.path, 'long.tar.gz'),
      await bytesOf(archive(folder, [{ name, size: 1, content: of(Buffer.from('x')) }], new Date(0))),
    );
    expect(execFileSync('tar', ['-tzf', file], { encoding: 'utf8' })).toBe(`${folder}/${name}\n`);
  });

  it.each<[string, string, string, number, Date]>([
    ['a name', 'evidence-v1.0.0', 'n'.repeat(101), 0, new Date(0)],
    ['a folder', `evidence-v1.0.0-${'a'.repeat(140)}`, 'n', 0, new Date(0)],
    ['a size', 'evidence-v1.0.0', 'n', 8 ** 11, new Date(0)],
    ['a time', 'evidence-v1.0.0', 'n', 0, new Date(8 ** 11 * 1_000)],
    ['a time before all times', 'evidence-v1.0.0', 'n', 0, new Date(-(8 ** 10) * 1_000)],
  ])('is not made with %s that does not fit', async (_, folder, name, size, at) => {
    await expect(bytesOf(archive(folder, [{ name, size, content: of() }], at))).rejects.toThrow(/does not fit an archive/);
  });

  it.each([
    [1, 'ab'],
    [3, 'ab'],
    [1, ''],
  ])('is not made when a file of %i bytes is read as %j', async (size, read) => {
    const members = [{ name: 'n', size, content: of(Buffer.from(read)) }];
    const message = `\`n\` has ${read.length} bytes and had ${size}: it was changed while it was read`;
    await expect(bytesOf(archive('evidence-v1.0.0', members, new Date(0)))).rejects.toThrow(message);
  });

  it.each<[string, (folder: string) => void, string]>([
    [
      'a link among its signatures',
      (folder) => symlinkSync('/etc/passwd', join(folder, 'manifest.2.sigstore.json')),
      'is not a regular file',
    ],
    ['a folder among its signatures', (folder) => mkdirSync(join(folder, 'manifest.3.sigstore.json')), 'is not a regular file'],
    ['a signature of nothing in it', (folder) => write(join(folder, 'notes.txt.sigstore.json'), '{}\n'), 'is about no item of it'],
    ['a signature of an item without one', (folder) => write(join(folder, 'index.html.sigstore.json'), '{}\n'), 'is about no item of it'],
  ])('is not made of a bundle with %s', async (what, change, message) => {
    const { folder } = await writeSigned(join(root.path, what));
    change(folder);
    await expect(packBundle(folder)).rejects.toMatchObject({ code: 'evidence.bundle_invalid', message: expect.stringContaining(message) });
    expect(existsSync(`${folder}.tar.gz`)).toBe(false);
  });

  it('of the longest release and the latest time verifies', async () => {
    const release = `v1.0.0-${'a'.repeat(93)}`;
    const { folder, publicKeyFile } = await writeSigned(join(root.path, 'longest'), { release, sourceDateEpoch: String(8 ** 11 - 1) });
    const { file } = await packBundle(folder);
    expect(await verifyBundle({ bundle: file, keyFiles: [publicKeyFile] })).toMatchObject({ ok: true, release });
  });

  it('of a bundle has its files and nothing else, the same bytes each time, whole or not at all', async () => {
    const { folder } = await writeSigned(join(root.path, 'bundle'));
    const first = await packBundle(folder);
    expect(first.file).toBe(`${folder}.tar.gz`);
    const bytes = readFileSync(first.file);
    expect({ sha256: `sha256:${first.sha256}`, size: first.size }).toEqual({ sha256: digestOf(bytes), size: bytes.length });
    expect((await packBundle(folder, join(root.path, 'again.tar.gz'))).sha256).toBe(first.sha256);
    const names = execFileSync('tar', ['-tzf', first.file], { encoding: 'utf8' }).trimEnd().split('\n');
    expect(names).toEqual(
      readdirSync(folder)
        .toSorted()
        .map((name) => `evidence-v1.2.3/${name}`),
    );
    expect(gunzipSync(bytes).length % 512).toBe(0);

    const around = readdirSync(join(root.path, 'bundle'));
    const signal = AbortSignal.abort();
    await expect(packBundle(folder, undefined, { signal })).rejects.toMatchObject({ code: 'evidence.interrupted' });
    expect(openBelow(root.path)).toEqual([]);
    write(join(folder, 'provenance.json'), '{}');
    await expect(packBundle(folder)).rejects.toMatchObject({ code: 'evidence.bundle_invalid' });
    expect(readdirSync(join(root.path, 'bundle'))).toEqual(around);
    expect(readFileSync(first.file).equals(bytes)).toBe(true);
  });
});
