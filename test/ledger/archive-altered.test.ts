import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { checkSegment, writeSegment } from '../../src/ledger/index.ts';
import { refusalOf } from '../support/errors.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { fixedKey } from '../support/ledger.ts';
import { acme } from '../support/world.ts';
import { type ArchiveWorld, flip, openArchiveWorld, origin, relisted, remanifested } from './archive-world.ts';

let it: ArchiveWorld;
let whole: string;
beforeAll(async () => {
  it = await openArchiveWorld();
  await it.fillTo(600);
  whole = it.folder('whole');
  await writeSegment(it.world.database, { log: acme, origin, to: 512 }, whole);
});
afterAll(() => it.close());

/** The archive once more, to alter. */
function copy(): string {
  const folder = makeFolder('archive-altered');
  onTestFinished(() => removeFolders([folder]));
  cpSync(whole, folder, { recursive: true });
  return folder;
}

describe('an archive', () => {
  test('that was not altered is accepted', async () => {
    expect((await checkSegment(copy(), it.vkey)).manifest.to).toBe(512);
  });

  test.each<[string, (folder: string) => void, string]>([
    [
      'a byte of a body',
      flip('tile/entries/001', 40),
      '`tile/entries/001` of the archive: its SHA-256 is not the one that the manifest has',
    ],
    ['a byte of a tile', flip('tile/0/000', 3), '`tile/0/000` of the archive: its SHA-256 is not the one that the manifest has'],
    ['a file gone', (folder) => rmSync(join(folder, 'tile/1/000.p/2')), '`tile/1/000.p/2` of the archive: it cannot be read'],
    ['a byte of the manifest', flip('archive.json', 30), '`archive.json` of the archive: '],
    [
      'a space in the manifest',
      (folder) => writeFileSync(join(folder, 'archive.json'), `${readFileSync(join(folder, 'archive.json'), 'utf8')} `),
      '`archive.json` of the archive: the JSON is not in canonical form (RFC 8785)',
    ],
    [
      'a body, with its digest made right',
      relisted('tile/entries/001', 40),
      '`tile/entries/001` of the archive: entry 256 does not hash to its place in the tree',
    ],
    [
      'a hash of a tile, with its digest made right',
      relisted('tile/0/001', 32 * 255),
      '`tile/entries/001` of the archive: entry 511 does not hash to its place in the tree',
    ],
    [
      'a hash of the edge, with its digest made right',
      relisted('tile/1/000.p/2', 33),
      '`tile/0/001` of the archive: its root is not in the tile above it',
    ],
    [
      'the root',
      remanifested((manifest) => ({ ...manifest, root: '00'.repeat(32) })),
      '`archive.json` of the archive: its root is not the root of the tiles',
    ],
    [
      'the consistency proof',
      remanifested((manifest) => ({ ...manifest, consistency: manifest.consistency.slice(1) })),
      '`archive.json` of the archive: its checkpoint of 600 entries does not continue it',
    ],
    [
      'the checkpoint',
      remanifested((manifest) => ({ ...manifest, checkpoint: manifest.checkpoint.replace('\n600\n', '\n599\n') })),
      '`archive.json` of the archive: no valid signature of `ledger.example/acme` on the checkpoint',
    ],
    [
      'the log’s name',
      remanifested((manifest) => ({ ...manifest, log: 'globex' })),
      '`tile/entries/000` of the archive: where entry 0 of log `globex` must be there is another',
    ],
    [
      'a file that climbs out',
      remanifested((manifest) => ({ ...manifest, files: manifest.files.map((file) => ({ ...file, path: '../../x' })) })),
      '`archive.json` of the archive: it does not list `tile/entries/000` where it must',
    ],
    [
      'a file more',
      remanifested((manifest) => ({ ...manifest, files: [...manifest.files, ...manifest.files.slice(0, 1)] })),
      '`archive.json` of the archive: it lists files that no such archive has',
    ],
    ['a shorter stretch', remanifested((manifest) => ({ ...manifest, to: 256 })), '`archive.json` of the archive: it does not list'],
    ['no stretch', remanifested((manifest) => ({ ...manifest, to: 0 })), '`archive.json` of the archive: it ends at 0'],
  ])('that was altered is refused by the name of what was: %s', async (_what, alter, message) => {
    const folder = copy();
    alter(folder);
    const refusal = await refusalOf(checkSegment(folder, it.vkey));
    expect([refusal.code, refusal.message.slice(0, message.length)]).toEqual(['ledger.archive_corrupt', message]);
  });

  test('of another key is refused', async () => {
    const refusal = await refusalOf(checkSegment(whole, fixedKey(9).signerFor(origin).verifierKey));
    expect(refusal.message).toBe('`archive.json` of the archive: no valid signature of `ledger.example/acme` on the checkpoint');
  });
});
