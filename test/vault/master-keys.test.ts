import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MasterKeys } from '../../src/vault/index.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';

let folder: string;
beforeAll(() => {
  folder = makeFolder('vault-keys');
});
afterAll(() => removeFolders([folder]));

const [one, two] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('base64')];
function read(text: string): MasterKeys {
  const file = join(folder, 'keys');
  writeFileSync(file, text);
  return MasterKeys.read(file);
}

describe('a key file', () => {
  test('has the newest key first, and the older ones as long as they are needed', () => {
    const keys = read(`# of March\n${two}\n\n${one}\r\n`);
    const { id } = MasterKeys.of(Buffer.alloc(32, 1)).newest;
    expect(keys.newest).toEqual({ id: MasterKeys.of(Buffer.alloc(32, 2)).newest.id, bytes: Buffer.alloc(32, 2) });
    expect(keys.byId(id).bytes).toEqual(Buffer.alloc(32, 1));
    expect(() => read(two).byId(id)).toThrow(expect.objectContaining({ code: 'vault.master_key_unknown' }));
  });

  test.each([
    ['nothing', ''],
    ['a comment alone', '# none yet\n'],
    ['31 bytes', Buffer.alloc(31, 1).toString('base64')],
    ['33 bytes', Buffer.alloc(33, 1).toString('base64')],
    ['hex', Buffer.alloc(32, 1).toString('hex')],
    ['no padding', one.replace('=', '')],
    ['a character that base64 has not', `${one.slice(0, 10)}!${one.slice(11)}`],
    ['one key twice', `${one}\n${one}`],
    ['a second line that is no key', `${one}\nolder`],
  ])('is refused with %s, and its content is not told', (_what, text) => {
    const refused = expect.objectContaining({ code: 'vault.key_malformed', message: expect.not.stringContaining(one.slice(0, 12)) });
    expect(() => read(text)).toThrow(refused);
  });

  test('that is not there is refused with what to do', () => {
    expect(() => MasterKeys.read('/nowhere/vault.keys')).toThrow(
      expect.objectContaining({ code: 'vault.key_missing', remedy: expect.stringContaining('VAULT_KEY_FILE') }),
    );
  });

  test('is made once, for its owner alone, and not replaced', () => {
    const file = join(folder, 'made', 'vault.keys');
    const { newest } = MasterKeys.readOrCreate(file);
    expect(newest.bytes.length).toBe(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(MasterKeys.readOrCreate(file).newest).toEqual(newest);
    expect([readdirSync(join(folder, 'made')), readFileSync(file, 'utf8')]).toEqual([
      ['vault.keys'],
      `${newest.bytes.toString('base64')}\n`,
    ]);
  });
});
