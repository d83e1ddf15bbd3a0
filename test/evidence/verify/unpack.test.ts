import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateKeyPair, openSigner, packBundle, signBundle } from '../../../src/evidence/index.ts';
import { unpackArchive, verifyBundle } from '../../../src/evidence/verify/index.ts';
import { temporaryFolder, writeSigned } from '../fixture.ts';
import { listing } from './listing.ts';

const root = temporaryFolder();
let folder: string;
let publicKeyFile: string;
let archive: string;
beforeAll(async () => {
  ({ folder, publicKeyFile } = await writeSigned(join(root.path, 'made')));
  archive = (await packBundle(folder)).file;
});
afterAll(() => root.remove());

it('writes the files that were packed, no more and no less', async () => {
  const out = join(root.path, 'new/place');
  const { files } = await unpackArchive({ archive, out });
  expect(readdirSync(out).toSorted()).toEqual(readdirSync(folder).toSorted());
  expect(files).toEqual(readdirSync(folder).toSorted());
  for (const name of files) expect(readFileSync(join(out, name))).toEqual(readFileSync(join(folder, name)));
  expect(statSync(out).mode & 0o777).toBe(0o755);
  expect(readdirSync(join(root.path, 'new'))).toEqual(['place']);
  expect((await verifyBundle({ bundle: out, keyFiles: [publicKeyFile] })).ok).toBe(true);
});

it('writes nothing where something is, nor from what is not there', async () => {
  const before = listing(root.path);
  await expect(unpackArchive({ archive, out: folder })).rejects.toMatchObject({ code: 'evidence.unpack.out_exists' });
  await expect(unpackArchive({ archive, out: publicKeyFile })).rejects.toMatchObject({ code: 'evidence.unpack.out_exists' });
  const none = { archive: join(root.path, 'none'), out: join(root.path, 'x') };
  await expect(unpackArchive(none)).rejects.toMatchObject({ code: 'evidence.verify.bundle_unreadable' });
  await expect(unpackArchive({ archive, out: join(publicKeyFile, 'x') })).rejects.toMatchObject({ code: 'evidence.unpack.write_failed' });
  expect(listing(root.path)).toEqual(before);
});

it('leaves nothing behind when it is interrupted', async () => {
  mkdirSync(join(root.path, 'interrupted'));
  const stop = new AbortController();
  const out = join(root.path, 'interrupted/out');
  const unpacking = unpackArchive({ archive, out, signal: stop.signal, onProgress: () => stop.abort() });
  await expect(unpacking).rejects.toMatchObject({ code: 'evidence.interrupted' });
  expect(readdirSync(join(root.path, 'interrupted'))).toEqual([]);
});

it('has a signature more after a second signer', async () => {
  const second = generateKeyPair({ prefix: join(root.path, 'second') });
  await signBundle({ folder, signer: await openSigner({ key: second.privateKeyFile }), add: true });
  const again = await packBundle(folder, join(root.path, 'again.tar.gz'));
  const { files } = await unpackArchive({ archive: again.file, out: join(root.path, 'again') });
  expect(files).toContain('manifest.2.sigstore.json');
});
