import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportLog } from '../../src/ledger/index.ts';
import { type Installation, Opened, openInstallation, untilSigned } from '../ledger/witness-fixture.ts';
import { startTestGateway } from '../support/countersign.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { acme, entryWith } from '../support/ledger.ts';
import { runInterop } from './programs.ts';

const opened = new Opened();
afterEach(() => opened.end());

describe('our export as tiles', () => {
  let home: Installation;
  let folder: string;
  beforeEach(async () => {
    home = await openInstallation(opened);
    folder = makeFolder('export');
    opened.add(() => removeFolders([folder]));
    await Promise.all(Array.from({ length: 601 }, (_, n) => home.ledger.record(acme, entryWith({ n }))));
    await untilSigned(home, 601);
    await exportLog(home.database, home.ledger, acme, folder, { format: 'tiles' });
  });

  const check = () => runInterop('tiles', [folder, readFileSync(join(folder, 'log.vkey'), 'utf8').trim()]);

  test('is what Tessera and Torchwood verify', async () => {
    const root = readFileSync(join(folder, 'checkpoint'), 'utf8').split('\n')[2] ?? '';
    const said = `ledger.example/acme 601 ${Buffer.from(root, 'base64').toString('hex')}\n`;
    expect(await check()).toMatchObject({ code: 0, stdout: said });
  });

  test.each([
    ['tile/entries/001', 'an entry', 1_000],
    ['tile/entries/002.p/89', 'the last entries', 500],
    ['tile/0/001', 'a tile', 77],
    ['tile/1/000.p/2', 'a tile above', 40],
    ['checkpoint', 'the checkpoint', 22],
  ])('is not with one bit changed in %s, %s', async (path, _what, at) => {
    const bytes = readFileSync(join(folder, path));
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(join(folder, path), bytes);
    const { code, stderr } = await check();
    expect([code, stderr.includes('tessera: '), stderr.includes('torchwood: ')]).toEqual([1, true, true]);
  });
});

test('our log as the gateway serves it is what Tessera and Torchwood verify', async () => {
  const gateway = await startTestGateway();
  opened.add(() => gateway.stop());
  for (let n = 0; n < 3; n += 1) {
    await gateway.graphql(
      'org-admin',
      `mutation { setFlag(input: { key: "k${n}", enabled: true, justification: "a good reason" }) { decision { result } } }`,
    );
  }
  const { data } = await gateway.graphql<{ checkpoint: { verifierKey: string } }>('auditor', '{ checkpoint { verifierKey } }');
  const url = new URL('/ledger/alpha', gateway.url).toString();
  const ended = await runInterop('tiles', [url, data.checkpoint.verifierKey, await gateway.token('auditor')]);
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^countersign\.local\/alpha [1-9] [0-9a-f]{64}\n$/) });
  const stranger = await runInterop('tiles', [url, data.checkpoint.verifierKey]);
  expect([stranger.code, stranger.stdout]).toEqual([1, '']);
});
