import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cosignedMessage, isSignedBy, noteAlgorithm, parseNoteKey, parseSignatureLine } from '../../src/core/index.ts';
import { createWitnessKey, parseLogs, readWitnessKey } from '../../src/witness/index.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { TestLog } from './log.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = makeFolder('witness-key');
  file = join(folder, 'sub', 'key.pem');
});
afterEach(() => removeFolders([folder]));

const name = 'witness.example/w1';

describe('the key of a witness', () => {
  test('is made once, for its owner to read, and read again it is the same', () => {
    const made = createWitnessKey(file, name);
    expect([statSync(file).mode & 0o777, createPrivateKey(readFileSync(file)).asymmetricKeyType]).toEqual([0o600, 'ed25519']);
    expect(readWitnessKey(file, name).verifierKey).toBe(made.verifierKey);
    expect(() => createWitnessKey(file, name)).toThrow(expect.objectContaining({ code: 'witness.key_exists' }));
  });

  test('signs the cosignature of C2SP with its time', () => {
    const made = createWitnessKey(file, name);
    const key = parseNoteKey(made.verifierKey, noteAlgorithm.cosignature);
    const line = parseSignatureLine(made.cosign('text\n', 1_679_315_147).trimEnd());
    if (key === undefined || line === undefined) throw new Error('no cosignature');
    expect([line.name, line.id, line.signature.readBigUInt64BE(0), line.signature.length]).toEqual([name, key.id, 1_679_315_147n, 72]);
    expect(isSignedBy(key, 'cosignature/v1\ntime 1679315147\ntext\n', line.signature.subarray(8))).toBe(true);
    expect(isSignedBy(key, cosignedMessage('text\n', 1_679_315_148n), line.signature.subarray(8))).toBe(false);
  });

  test.each(['two words', 'a+b', '', 'a\nb'])('has no name like %j', (bad) => {
    expect(() => createWitnessKey(file, bad)).toThrow(expect.objectContaining({ code: 'witness.key_malformed' }));
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  test('that is missing, of another kind or none at all is refused without a word of it', () => {
    expect(() => readWitnessKey(file, name)).toThrow(expect.objectContaining({ code: 'witness.key_missing' }));
    const other = join(folder, 'other.pem');
    const pems = [generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }), 'hush hush'];
    for (const pem of pems) {
      writeFileSync(other, pem);
      const message = `\`${other}\` does not hold an Ed25519 private key in PKCS#8 PEM`;
      expect(() => readWitnessKey(other, name)).toThrow(expect.objectContaining({ code: 'witness.key_malformed', message }));
    }
  });
});

describe('the logs of a witness', () => {
  test('are known by the names of their keys; one may have two', () => {
    const [one, two, other] = [new TestLog(), new TestLog(), new TestLog('a.example/b')];
    const logs = parseLogs([one.vkey, two.vkey, other.vkey]);
    expect([...logs].map(([origin, keys]) => [origin, keys.length])).toEqual([
      ['ledger.example/acme', 2],
      ['a.example/b', 1],
    ]);
  });

  const good = new TestLog().vkey;
  test.each([
    ['nothing', ''],
    ['no key', 'ledger.example/acme'],
    ['another name', `x${good}`],
    ['another id', good.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['base64 cut short', good.slice(0, -1)],
    ['the key of a witness', () => createWitnessKey(file, name).verifierKey],
  ])('are not: %s', (_what, vkey) => {
    const bad = typeof vkey === 'function' ? vkey() : vkey;
    expect(() => parseLogs([bad])).toThrow(expect.objectContaining({ code: 'witness.log_key_malformed' }));
  });
});
