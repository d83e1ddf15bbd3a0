import { once } from 'node:events';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkpointText, signNote } from '../../src/ledger/note.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { fixedKey, key } from '../support/ledger.ts';
import { type Ended, runInterop } from './programs.ts';
import { writeTilesFolder } from './tiles-folder.ts';

const origin = 'ledger.example/acme';
const signer = key.signerFor(origin);
let whole: string;
let folder: string;
let root: Buffer;

/** Three levels of tiles, full and partial ones on each. */
const SIZE = 256 * 256 + 256 + 5;
const entries = Array.from({ length: SIZE }, (_, n) => Buffer.from(`{"seq":${n}}`));

beforeAll(() => {
  whole = makeFolder('tiles-whole');
  root = writeTilesFolder(whole, entries);
  writeFileSync(join(whole, 'checkpoint'), signNote(checkpointText(origin, SIZE, root), [signer]));
});
afterAll(() => removeFolders([whole]));
beforeEach(() => {
  folder = makeFolder('tiles');
  cpSync(whole, folder, { recursive: true });
});
afterEach(() => removeFolders([folder]));

const check = (where = folder, vkey = signer.verifierKey): Promise<Ended> => runInterop('tiles', [where, vkey]);

/** By both of them. */
function expectRefused({ code, stdout, stderr }: Ended): void {
  const by = ['tessera: ', 'torchwood: '].filter((name) => stderr.includes(name));
  expect([code, stdout, by]).toEqual([1, '', ['tessera: ', 'torchwood: ']]);
}

/** Changes one bit of a file. */
function spoil(path: string, at: number): void {
  const file = join(folder, path);
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
}

describe('a log of tiles, as Tessera and Torchwood see it', () => {
  test('verifies: every entry and every tile', async () => {
    expect(await check()).toMatchObject({ code: 0, stdout: `${origin} ${SIZE} ${root.toString('hex')}\n` });
  });

  test.each([
    ['an entry of a full bundle', 'tile/entries/000', 9],
    ['an entry of the last bundle', 'tile/entries/257.p/5', 9],
    ['the length of an entry', 'tile/entries/100', 1],
    ['a hash of a full tile', 'tile/0/017', 40],
    ['a hash of the partial tile', 'tile/0/257.p/5', 3],
    ['a hash of the level above', 'tile/1/000', 8_000],
    ['a hash of the level above that', 'tile/2/000.p/1', 31],
    ['the size of the checkpoint', 'checkpoint', origin.length + 3],
    ['the root of the checkpoint', 'checkpoint', origin.length + 10],
  ])('does not with one bit changed in %s', async (_what, path, at) => {
    spoil(path, at);
    expectRefused(await check());
  });

  test.each(['tile/entries/020', 'tile/0/255', 'tile/1/000', 'checkpoint'])('does not without %s', async (path) => {
    rmSync(join(folder, path));
    expectRefused(await check());
  });

  test('does not under another key', async () => {
    expectRefused(await check(folder, fixedKey(8).signerFor(origin).verifierKey));
  });

  test('verifies over HTTP as well', async () => {
    const server = createServer((request, response) => {
      const file = join(folder, decodeURIComponent(request.url ?? '/'));
      try {
        response.end(readFileSync(file));
      } catch {
        response.writeHead(404).end();
      }
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const ended = await check(`http://127.0.0.1:${port}`);
    server.closeAllConnections();
    server.close();
    expect(ended).toMatchObject({ code: 0, stdout: `${origin} ${SIZE} ${root.toString('hex')}\n` });
  });
});
