import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/core/index.ts';
import { noteSigner } from '../../src/ledger/note.ts';
import { verifyCheckpoint } from '../../src/ledger/verify/index.ts';
import { followerOf, grow, type Installation, Opened, openInstallation, runWitness, witnessesOf } from '../ledger/witness-fixture.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { acme } from '../support/ledger.ts';
import { query } from '../support/postgres.ts';
import { runLitewitness } from './litewitness.ts';
import { runInterop } from './programs.ts';

const opened = new Opened();
afterEach(() => opened.end());

describe('our ledger and litewitness', () => {
  let home: Installation;
  let vkey: string;
  beforeEach(async () => {
    home = await openInstallation(opened);
    vkey = home.ledger.verifierKey(acme);
  });

  const witnessed = (list: Parameters<typeof witnessesOf>[1]) =>
    home.database.transaction(acme, (trx) => witnessesOf(home, list).witnessed(trx, acme));

  test('it cosigns every checkpoint that continues the last, and its cosignatures verify', async () => {
    const lite = await runLitewitness(opened, [vkey]);
    const { follower, outcomes } = followerOf(home, [lite]);
    for (const size of [1, 2, 7, 20]) {
      await grow(home, size);
      await follower.round();
      const found = await witnessed([lite]);
      expect([found?.size, found?.witnesses.map(({ name }) => name)]).toEqual([size, ['lite']]);
      expect(verifyCheckpoint(found?.note ?? '', vkey).size).toBe(size);
    }
    expect(outcomes).toEqual(Array(4).fill('acme lite cosigned'));
  });

  test('it says where it stands to one that has forgotten, and cosigns the same again', async () => {
    const lite = await runLitewitness(opened, [vkey]);
    await grow(home, 5);
    await followerOf(home, [lite]).follower.round();
    await query(home.ownerUrl, 'truncate ledger_witness, ledger_cosignature');
    const same = followerOf(home, [lite]);
    await same.follower.round();
    await query(home.ownerUrl, 'truncate ledger_witness, ledger_cosignature');
    await grow(home, 9);
    const grown = followerOf(home, [lite]);
    await grown.follower.round();
    expect([same.outcomes, grown.outcomes, (await witnessed([lite]))?.size]).toEqual([['acme lite cosigned'], ['acme lite cosigned'], 9]);
  });

  test('it does not cosign a restored database, neither when that is shorter nor when it has grown again', async () => {
    const lite = await runLitewitness(opened, [vkey]);
    await grow(home, 6);
    await followerOf(home, [lite]).follower.round();
    const restored = await openInstallation(opened);
    await grow(restored, 4);
    const shorter = followerOf(restored, [lite]);
    await shorter.follower.round();
    await grow(restored, 8);
    const longer = followerOf(restored, [lite]);
    await longer.follower.round();
    expect([shorter.outcomes, longer.outcomes]).toEqual([['acme lite ledger.witness_ahead'], ['acme lite ledger.witness_refused']]);
  });

  test('it and a witness of ours make a quorum together', async () => {
    const list = [await runLitewitness(opened, [vkey]), await runWitness(opened, 'ours', [vkey])];
    await grow(home, 3);
    await followerOf(home, list, 2).follower.round();
    const found = await home.database.transaction(acme, (trx) => witnessesOf(home, list, 2).witnessed(trx, acme));
    expect([found?.size, found?.witnesses.map(({ name }) => name)]).toEqual([3, ['lite', 'ours']]);
  });

  test('that it does not know a log is told', async () => {
    const lite = await runLitewitness(opened, []);
    await grow(home, 1);
    const { follower, outcomes, errors } = followerOf(home, [lite]);
    await follower.round();
    expect([outcomes, String(errors[0])]).toEqual([['acme lite ledger.witness_refused'], expect.stringContaining('404 unknown log')]);
  });
});

/** A signer as golang.org/x/mod/sumdb/note takes it: `PRIVATE+KEY+name+hex(keyID)+base64(0x01 ‖ seed)`. */
function tesseraKey(origin: string): { readonly vkey: string; readonly skey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { verifierKey } = noteSigner(origin, privateKey, publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const id = verifierKey.split('+')[1];
  return { vkey: verifierKey, skey: `PRIVATE+KEY+${origin}+${id}+${Buffer.concat([Uint8Array.of(1), seed]).toString('base64')}` };
}

describe('a log of Tessera and our witness', () => {
  const origin = 'tessera.example/log';

  test('each checkpoint is published with our cosignature, which Tessera checked', async () => {
    const { vkey, skey } = tesseraKey(origin);
    const ours = await runWitness(opened, 'ours', [vkey]);
    const folder = makeFolder('tessera');
    opened.add(() => removeFolders([folder]));
    const { code, stdout, stderr } = await runInterop('witnessed-log', [folder, skey, ours.url, ours.key, '12']);
    expect([code, stdout.match(/^published \d+$/gm)]).toEqual([0, Array.from({ length: 12 }, (_, n) => `published ${n + 1}`)]);
    expect(stderr).not.toContain('witness.example');
    const note = stdout.slice(stdout.indexOf(`${origin}\n`));
    expect([verifyCheckpoint(note, vkey).size, note.match(/^— \S+/gm)]).toEqual([12, [`— ${origin}`, '— witness.example/ours']]);
    expect(new Set(ours.events.map(({ kind }) => kind))).toEqual(new Set(['cosigned']));
    const served = await fetch(`${ours.url}/${sha256(Buffer.from(origin)).toString('hex')}/checkpoint`);
    expect([served.status, await served.text()]).toEqual([200, note]);
    expect(await runInterop('tiles', [folder, vkey])).toMatchObject({ code: 0, stdout: expect.stringContaining(`${origin} 12 `) });
  });

  test('Tessera does not take the cosignature of another key than it was told', async () => {
    const { vkey, skey } = tesseraKey(origin);
    const [ours, other] = [await runWitness(opened, 'ours', [vkey]), await runWitness(opened, 'other', [vkey])];
    const folder = makeFolder('tessera');
    opened.add(() => removeFolders([folder]));
    const { code, stdout, stderr } = await runInterop('witnessed-log', [folder, skey, ours.url, other.key, '1']);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('replied with invalid signature')]);
  });
});
