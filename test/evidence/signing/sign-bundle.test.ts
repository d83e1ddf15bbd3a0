import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { generateKeyPair, openSigner, type Signer, signBundle } from '../../../src/evidence/index.ts';
import { readSigningKey } from '../../../src/evidence/signing/keys/signing-key.ts';
import { signersOfKeys } from '../../../src/evidence/verify/signers/index.ts';
import { allBy, readJson, sign, signatures, signedBy, temporaryFolder, write, writeBundle } from './fixture.ts';

const root = temporaryFolder();
const { at } = root;
afterAll(() => root.remove());

let count = 0;
function bundle(): string {
  count += 1;
  return writeBundle(at(`bundle-${count}`));
}

const pairs = ['ada', 'bob', 'cleo', 'dan', 'eve', 'fay', 'gil', 'hal', 'ida'].map((name) => {
  const { privateKeyFile, publicKeyFile } = generateKeyPair({ prefix: at(name) });
  return { key: privateKeyFile, publicKeyFile, hint: readSigningKey(privateKeyFile, undefined).hint };
});
const [ada, bob] = pairs;
if (ada === undefined || bob === undefined) throw new Error('no keys');
const everybody = signersOfKeys(pairs.map(({ publicKeyFile }) => publicKeyFile));
const add = async (folder: string, { key }: { key: string }) => signBundle({ folder, signer: await openSigner({ key }), add: true });

it('signs every statement and, last, the manifest', async () => {
  const folder = bundle();
  const told: unknown[] = [];
  const signer = await openSigner({ key: ada.key });
  const signed = await signBundle({ folder, signer, onProgress: (...progress) => told.push(progress) });
  expect(signed).toEqual({ folder, release: 'v1.2.3', signer: ada.hint, files: signatures });
  expect(told).toEqual(signatures.map((file, index) => [index + 1, 5, file]));
  expect(signedBy(folder, everybody)).toEqual(allBy(ada.hint));
});

it('gives the same bytes every time', async () => {
  const [a, b] = [bundle(), bundle()];
  for (const folder of [a, b]) await sign(folder, ada.key);
  expect(readdirSync(a)).toHaveLength(5 + 5);
  for (const name of readdirSync(a)) expect(readFileSync(join(b, name)).equals(readFileSync(join(a, name))), name).toBe(true);
});

it('names no key in an envelope, where cosign would look for it', async () => {
  const folder = bundle();
  const { files } = await sign(folder, ada.key);
  const bundles = files.map((name) => readJson(join(folder, name)));
  expect(bundles.map(({ mediaType }) => mediaType)).toEqual(Array(5).fill('application/vnd.dev.sigstore.bundle.v0.3+json'));
  expect(bundles.flatMap(({ dsseEnvelope }) => dsseEnvelope?.signatures ?? [])).toEqual(Array(4).fill({ sig: expect.any(String) }));
});

describe('a further signature', () => {
  it('goes to the first free place, up to nine beside the first', async () => {
    const folder = bundle();
    await sign(folder, ada.key);
    for (const pair of pairs.slice(1)) await add(folder, pair);
    const places = [2, 3, 4, 5, 6, 7, 8, 9].map((number) => `manifest.${number}.sigstore.json`);
    expect(signedBy(folder, everybody)).toEqual({
      ...allBy(ada.hint),
      ...Object.fromEntries(places.map((name, index) => [name, pairs[index + 1]?.hint])),
    });
    const one = generateKeyPair({ prefix: at('one-more') });
    await expect(add(folder, { key: one.privateKeyFile })).rejects.toMatchObject({ code: 'evidence.signatures_full' });
    rmSync(join(folder, 'manifest.4.sigstore.json'));
    expect(await add(folder, { key: one.privateKeyFile })).toMatchObject({ files: ['manifest.4.sigstore.json'] });
  });

  it('is refused of somebody who has signed', async () => {
    const folder = bundle();
    await sign(folder, ada.key);
    await add(folder, bob);
    for (const pair of [ada, bob]) await expect(add(folder, pair)).rejects.toMatchObject({ code: 'evidence.already_signed' });
  });

  it('is refused where there is no first', async () => {
    await expect(add(bundle(), ada)).rejects.toMatchObject({ code: 'evidence.not_signed', remedy: 'sign it without --add' });
  });

  it.each<[string, (folder: string) => unknown]>([
    ['is over something else', (folder) => renameSync(join(folder, 'notes.txt.sigstore.json'), join(folder, 'manifest.sigstore.json'))],
    ['cannot be read', (folder) => write(join(folder, 'manifest.sigstore.json'), '{"half')],
  ])('is refused where the first %s', async (_, change) => {
    const folder = bundle();
    await sign(folder, ada.key);
    change(folder);
    await expect(add(folder, bob)).rejects.toMatchObject({
      code: 'evidence.bundle_invalid',
      message: expect.stringContaining('manifest.sigstore.json'),
    });
  });
});

describe('nothing is signed', () => {
  it.each<[string, (folder: string) => unknown]>([
    ['was changed', (folder) => write(join(folder, 'notes.txt'), 'other')],
    ['has a file more', (folder) => write(join(folder, 'more.txt'), '')],
    ['has no manifest', (folder) => rmSync(join(folder, 'manifest.json'))],
    [
      'has a manifest of another form',
      (folder) => write(join(folder, 'manifest.json'), readFileSync(join(folder, 'manifest.json'), 'utf8').replace('{', '{ ')),
    ],
    [
      'has a link for an item',
      (folder) => {
        renameSync(join(folder, 'notes.txt'), at(`moved-${count}`));
        symlinkSync(at(`moved-${count}`), join(folder, 'notes.txt'));
      },
    ],
  ])('when the bundle %s', async (_, change) => {
    const folder = bundle();
    change(folder);
    const before = readdirSync(folder);
    await expect(sign(folder, ada.key)).rejects.toMatchObject({ code: 'evidence.bundle_invalid' });
    expect(readdirSync(folder)).toEqual(before);
  });

  it('when a statement is about no item', async () => {
    const folder = bundle();
    write(join(folder, 'gone.txt.sigstore.json'), '{}');
    await expect(sign(folder, ada.key)).rejects.toMatchObject({
      code: 'evidence.bundle_invalid',
      message: expect.stringContaining('gone.txt.sigstore.json'),
    });
  });

  it.each(['manifest', 'manifest.att', 'manifest.2'])('when an item is called `%s`', async (name) => {
    count += 1;
    const folder = writeBundle(at(`bundle-${count}`), name);
    const before = readdirSync(folder);
    await expect(sign(folder, ada.key)).rejects.toMatchObject({
      code: 'evidence.bundle_invalid',
      message: expect.stringContaining(`${name}.sigstore.json`),
    });
    expect(readdirSync(folder)).toEqual(before);
  });

  it('twice; what a signing that was killed left is signed over, and no link is followed', async () => {
    const folder = bundle();
    write(join(folder, 'notes.txt.sigstore.json'), '{"half');
    symlinkSync(write(at('elsewhere'), 'mine'), join(folder, 'verdict.json.sigstore.json'));
    await sign(folder, ada.key);
    expect(signedBy(folder, everybody)).toEqual(allBy(ada.hint));
    expect(readFileSync(at('elsewhere'), 'utf8')).toBe('mine');
    await expect(sign(folder, ada.key)).rejects.toMatchObject({ code: 'evidence.already_signed' });
  });

  it('by halves: a signature that cannot be written takes the others with it', async () => {
    const folder = bundle();
    mkdirSync(join(folder, 'manifest.att.sigstore.json'));
    const before = readdirSync(folder);
    await expect(sign(folder, ada.key)).rejects.toMatchObject({ code: 'evidence.write_failed' });
    expect(readdirSync(folder)).toEqual(before);
  });

  it('when the third signature fails', async () => {
    const folder = bundle();
    const before = readdirSync(folder);
    const real = await openSigner({ key: ada.key });
    let made = 0;
    const failing: Signer = {
      ...real,
      signStatement: (statement) => {
        made += 1;
        return made === 3 ? Promise.reject(new Error('the token was taken out')) : real.signStatement(statement);
      },
    };
    await expect(signBundle({ folder, signer: failing })).rejects.toThrow('the token was taken out');
    expect(readdirSync(folder)).toEqual(before);
  });

  it.each(signatures.map((_, index) => index))('when it is interrupted after %i signatures', async (after) => {
    const folder = bundle();
    const before = readdirSync(folder);
    const controller = new AbortController();
    const signer = await openSigner({ key: ada.key });
    const onProgress = (done: number) => {
      if (done === after + 1) controller.abort();
    };
    await expect(signBundle({ folder, signer, onProgress, signal: controller.signal })).rejects.toMatchObject({
      code: 'evidence.interrupted',
    });
    expect(readdirSync(folder)).toEqual(before);
  });
});
