import { createPrivateKey, generateKeyPairSync, verify } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBundle, generateKeyPair, openSigner, signBundle } from '../../../src/evidence/index.ts';
import { readSigningKey } from '../../../src/evidence/signing/keys/signing-key.ts';
import { verifyBundle } from '../../../src/evidence/verify/index.ts';
import { resolveTool, run } from '../../../src/workbench/index.ts';
import { readJson, temporaryFolder, write, writeInputs } from '../fixture.ts';

const root = temporaryFolder();
let built: string;
let count = 0;

beforeAll(async () => {
  built = (await buildBundle(writeInputs(join(root.path, 'release')))).folder;
});
afterAll(() => root.remove());

const sign = async (folder: string, key: string, password?: string) => signBundle({ folder, signer: await openSigner({ key, password }) });

function copy(): string {
  count += 1;
  const target = join(root.path, `copy-${count}`);
  cpSync(built, target, { recursive: true });
  return target;
}

/** The same bytes, but through a symbolic link. */
function linkInstead(file: string): void {
  const target = join(root.path, `moved-${count}`);
  renameSync(file, target);
  symlinkSync(target, file);
}

const at = (name: string) => join(root.path, name);
const pem = (curve: string) => generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({ format: 'pem', type: 'pkcs8' });

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

  it('is the same every time', async () => {
    const { privateKeyFile } = generateKeyPair({ prefix: at('same') });
    const [a, b] = [copy(), copy()];
    for (const folder of [a, b]) await sign(folder, privateKeyFile);
    for (const name of readdirSync(a)) expect(readFileSync(join(b, name)).equals(readFileSync(join(a, name))), name).toBe(true);
  });

  it('names no key in the envelope, where cosign would look for it', async () => {
    const { privateKeyFile } = generateKeyPair({ prefix: at('keyid') });
    const folder = copy();
    const { files } = await sign(folder, privateKeyFile);
    const bundles = files.map((name) => readJson(join(folder, name)));
    expect(bundles.map((bundle) => bundle.mediaType)).toEqual(Array(6).fill('application/vnd.dev.sigstore.bundle.v0.3+json'));
    expect(bundles.flatMap((bundle) => bundle.dsseEnvelope?.signatures.map((item: { keyid?: string }) => item.keyid ?? '') ?? [])).toEqual(
      Array(5).fill(''),
    );
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
    const { privateKeyFile, publicKeyFile, encrypted } = generateKeyPair({ prefix: at('sealed'), password: 'geheim é' });
    expect(encrypted).toBe(true);
    expect(readFileSync(privateKeyFile, 'utf8')).toMatch(/^-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n/);
    const folder = copy();
    await sign(folder, privateKeyFile, 'geheim é');
    expect(verifyBundle({ folder, keyFile: publicKeyFile }).ok).toBe(true);
  });

  it.each(['cosign2', 'cosign3'] as const)(
    'are shared with %s, both ways',
    async (tool) => {
      const cosign = await resolveTool(tool);
      const env = { PATH: process.env['PATH'], HOME: root.path, COSIGN_PASSWORD: 'open sesame' };
      await run(cosign, ['generate-key-pair', '--output-key-prefix', at(`by-${tool}`)], { env });
      const folder = copy();
      await sign(folder, at(`by-${tool}.key`), 'open sesame');
      expect(verifyBundle({ folder, keyFile: at(`by-${tool}.pub`) }).ok).toBe(true);

      const ours = generateKeyPair({ prefix: at(`for-${tool}`), password: 'open sesame' });
      const { stdout } = await run(cosign, ['public-key', '--key', ours.privateKeyFile], { env });
      expect(stdout.trim()).toBe(readFileSync(ours.publicKeyFile, 'utf8').trim());
    },
    600_000,
  );

  it('that are sealed with no password open without one, as in cosign', () => {
    const { privateKeyFile } = generateKeyPair({ prefix: at('empty'), password: '' });
    expect(readSigningKey(privateKeyFile, undefined).hint).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });
});

describe('nothing is signed', () => {
  const sealed = (text: (sealed: string) => string) => {
    count += 1;
    const { privateKeyFile } = generateKeyPair({ prefix: at(`sealed-${count}`), password: 'right' });
    return write(privateKeyFile, text(readFileSync(privateKeyFile, 'utf8')));
  };
  it.each<[string, () => { keyFile: string; password?: string }, string]>([
    ['without the key', () => ({ keyFile: at('none') }), 'evidence.key_unreadable'],
    ['with a folder for a key', () => ({ keyFile: root.path }), 'evidence.key_unreadable'],
    ['with another curve', () => ({ keyFile: write(at('p384'), pem('P-384')) }), 'evidence.key_curve'],
    ['with secp256k1', () => ({ keyFile: write(at('k1'), pem('secp256k1')) }), 'evidence.key_curve'],
    [
      'with Ed25519',
      () => ({ keyFile: write(at('ed'), generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })) }),
      'evidence.key_curve',
    ],
    ['with no key in the file', () => ({ keyFile: write(at('text'), 'secret') }), 'evidence.key_malformed'],
    ['with a wrong password', () => ({ keyFile: sealed((text) => text), password: 'wrong' }), 'evidence.password_wrong'],
    ['without the password', () => ({ keyFile: sealed((text) => text) }), 'evidence.password_wrong'],
    [
      'with half an encrypted key',
      () => ({ keyFile: sealed((text) => text.replace(/\n.{64}\n/, '\n')), password: 'right' }),
      'evidence.key_malformed',
    ],
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

  it.each<[string, (folder: string) => unknown]>([
    ['was changed', (folder) => write(join(folder, 'sbom.cdx.json'), '{}')],
    ['has a file more', (folder) => write(join(folder, 'more.txt'), '')],
    ['has no manifest', (folder) => write(join(folder, 'manifest.json'), '')],
    [
      'has a manifest of another form',
      (folder) => write(join(folder, 'manifest.json'), readFileSync(join(folder, 'manifest.json'), 'utf8').replace('{', '{ ')),
    ],
    ['has a link for an item', (folder) => linkInstead(join(folder, 'sbom.cdx.json'))],
  ])('when the bundle %s', async (_, change) => {
    const { privateKeyFile } = generateKeyPair({ prefix: at(`bundle-${count}`) });
    const folder = copy();
    change(folder);
    const before = readdirSync(folder);
    await expect(sign(folder, privateKeyFile)).rejects.toMatchObject({ code: 'evidence.bundle_invalid' });
    expect(readdirSync(folder)).toEqual(before);
  });
});
