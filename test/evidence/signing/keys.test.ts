import { createPrivateKey, generateKeyPairSync, verify } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { generateKeyPair, openSigner } from '../../../src/evidence/index.ts';
import { readSigningKey } from '../../../src/evidence/signing/keys/signing-key.ts';
import { signersOfKeys } from '../../../src/evidence/verify/signers/index.ts';
import { resolveTool, run } from '../../../src/workbench/index.ts';
import { allBy, sign, signedBy, temporaryFolder, write, writeBundle } from './fixture.ts';

const root = temporaryFolder();
const { at } = root;
afterAll(() => root.remove());

let count = 0;
function bundle(): string {
  count += 1;
  return writeBundle(at(`bundle-${count}`));
}

const pem = (curve: string) => generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({ format: 'pem', type: 'pkcs8' });

/** Made once: what makes a password slow to guess makes it slow to use. */
const password = 'geheim é';
const sealed = generateKeyPair({ prefix: at('sealed'), password });

describe('the signature', () => {
  /** RFC 6979 §A.2.5. */
  const rfc6979 = {
    kty: 'EC',
    crv: 'P-256',
    x: Buffer.from('60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6', 'hex').toString('base64url'),
    y: Buffer.from('7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299', 'hex').toString('base64url'),
    d: Buffer.from('C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721', 'hex').toString('base64url'),
  };

  it.each([
    [
      'sample',
      'EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716',
      'F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8',
    ],
    [
      'test',
      'F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367',
      '019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083',
    ],
  ])('of `%s` is that of RFC 6979', (message, r, s) => {
    const key = createPrivateKey({ key: rfc6979, format: 'jwk' });
    const file = write(at('rfc6979.key'), key.export({ format: 'pem', type: 'pkcs8' }).toString());
    const signing = readSigningKey(file, undefined);
    const signature = signing.sign(Buffer.from(message));
    expect(signature.toString('hex')).toContain(r.toLowerCase());
    expect(signature.toString('hex').endsWith(s.toLowerCase())).toBe(true);
    expect(verify('sha256', Buffer.from(message), signing.publicKeyPem, signature)).toBe(true);
  });
});

describe('keys', () => {
  it('are written for their owner only, and never replaced', () => {
    const { privateKeyFile, encrypted } = generateKeyPair({ prefix: at('once') });
    const before = readFileSync(privateKeyFile);
    expect(encrypted).toBe(false);
    expect(statSync(privateKeyFile).mode & 0o777).toBe(0o600);
    expect(() => generateKeyPair({ prefix: at('once') })).toThrow(expect.objectContaining({ code: 'evidence.key_exists' }));
    expect(readFileSync(privateKeyFile).equals(before)).toBe(true);
    write(at('half.pub'), 'mine');
    expect(() => generateKeyPair({ prefix: at('half') })).toThrow(expect.objectContaining({ code: 'evidence.key_exists' }));
    expect(readdirSync(root.path)).not.toContain('half.key');
  });

  it('with a password are encrypted', async () => {
    expect(sealed.encrypted).toBe(true);
    expect(readFileSync(sealed.privateKeyFile, 'utf8')).toMatch(/^-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n/);
    const folder = bundle();
    const { signer } = await sign(folder, sealed.privateKeyFile, password);
    expect(signedBy(folder, signersOfKeys([sealed.publicKeyFile]))).toEqual(allBy(signer));
  });

  it.each(['cosign2', 'cosign3'] as const)(
    'are shared with %s, both ways',
    async (tool) => {
      const cosign = await resolveTool(tool);
      const env = { PATH: process.env['PATH'], HOME: root.path, COSIGN_PASSWORD: password };
      await run(cosign, ['generate-key-pair', '--output-key-prefix', at(`by-${tool}`)], { env });
      const folder = bundle();
      const { signer } = await sign(folder, at(`by-${tool}.key`), password);
      expect(signedBy(folder, signersOfKeys([at(`by-${tool}.pub`)]))).toEqual(allBy(signer));

      const { stdout } = await run(cosign, ['public-key', '--key', sealed.privateKeyFile], { env });
      expect(stdout.trim()).toBe(readFileSync(sealed.publicKeyFile, 'utf8').trim());
    },
    600_000,
  );

  it('that are sealed with no password open without one, as in cosign', () => {
    const { privateKeyFile } = generateKeyPair({ prefix: at('empty'), password: '' });
    expect(readSigningKey(privateKeyFile, undefined).hint).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });
});

describe('nothing is signed', () => {
  const half = () => readFileSync(sealed.privateKeyFile, 'utf8').replace(/\n.{64}\n/, '\n');
  it.each<[string, () => { keyFile: string; password?: string }, string]>([
    ['without the key', () => ({ keyFile: at('none') }), 'evidence.key_unreadable'],
    ['with a folder for a key', () => ({ keyFile: at('.') }), 'evidence.key_unreadable'],
    ['with another curve', () => ({ keyFile: write(at('p384'), pem('P-384')) }), 'evidence.key_curve'],
    ['with secp256k1', () => ({ keyFile: write(at('k1'), pem('secp256k1')) }), 'evidence.key_curve'],
    [
      'with Ed25519',
      () => ({ keyFile: write(at('ed'), generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })) }),
      'evidence.key_curve',
    ],
    ['with no key in the file', () => ({ keyFile: write(at('text'), 'secret') }), 'evidence.key_malformed'],
    ['with a wrong password', () => ({ keyFile: sealed.privateKeyFile, password: 'wrong' }), 'evidence.password_wrong'],
    ['without the password', () => ({ keyFile: sealed.privateKeyFile }), 'evidence.password_wrong'],
    ['with half an encrypted key', () => ({ keyFile: write(at('half-sealed'), half()), password }), 'evidence.key_malformed'],
  ])('%s', async (_, request, code) => {
    const { keyFile: key, password } = request();
    await expect(openSigner({ key, password })).rejects.toMatchObject({
      code,
      remedy: expect.stringMatching(/keygen|COSIGN_PASSWORD/),
    });
  });

  it('when the key is wrong, and the message does not quote it', async () => {
    const keyFile = write(at('secretive'), '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n');
    const error = await openSigner({ key: keyFile }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'evidence.key_malformed' });
    expect(inspect(error, { depth: 9 })).not.toContain('c2VjcmV0');
  });
});
