import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/core/index.ts';
import { generateKeyPair, openSigner, signBundle } from '../../../src/evidence/index.ts';
import { openKeyProgram } from '../../../src/evidence/signing/exec/key-program.ts';
import { readSigningKey } from '../../../src/evidence/signing/keys/signing-key.ts';
import { signersOfKeys } from '../../../src/evidence/verify/signers/index.ts';
import { allBy, signedBy, temporaryFolder, write, writeBundle } from './fixture.ts';

const root = temporaryFolder();
const { at } = root;
afterAll(() => root.remove());

const pair = generateKeyPair({ prefix: at('kms') });
const other = generateKeyPair({ prefix: at('other') });
const { hint } = readSigningKey(pair.privateKeyFile, undefined);

let count = 0;
/** A program of a few lines of shell; what it does on each verb. */
function program({
  publicKey = `cat ${pair.publicKeyFile}`,
  sign = `openssl pkeyutl -sign -inkey ${pair.privateKeyFile} | base64`,
} = {}): string {
  count += 1;
  const file = at(`program-${count}`);
  const lines = ['#!/bin/sh', `echo "$@" >> ${file}.asked`, 'case "$1" in', `public-key) ${publicKey} ;;`, `sign) ${sign} ;;`, 'esac', ''];
  write(file, lines.join('\n'));
  chmodSync(file, 0o755);
  return file;
}

describe('a key behind a program', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = writeBundle(at('bundle'));
    file = program();
    await signBundle({ folder, signer: await openSigner({ key: `exec:${file}`, password: 'hush' }) });
  });

  it('signs like one in a file', () => {
    expect(signedBy(folder, signersOfKeys([pair.publicKeyFile]))).toEqual(allBy(hint));
  });

  it('is told what to do and nothing else by its arguments', () => {
    expect(readFileSync(`${file}.asked`, 'utf8').split('\n')).toEqual(['public-key', ...Array(5).fill('sign'), '']);
  });

  it('is given the digest, 32 bytes', async () => {
    const keeping = program({ sign: `tee ${at('given')} | openssl pkeyutl -sign -inkey ${pair.privateKeyFile} | base64` });
    await (await openKeyProgram(keeping, undefined)).sign(Buffer.from('some bytes'));
    expect(readFileSync(at('given')).equals(sha256(Buffer.from('some bytes')))).toBe(true);
  });

  it('is run without a shell', async () => {
    await expect(openSigner({ key: `exec:${program()} ; touch ${at('touched')}` })).rejects.toMatchObject({
      code: 'evidence.key_program_failed',
    });
    expect(readdirSync(root.path)).not.toContain('touched');
  });
});

describe('it is refused', () => {
  const p384 = () => `openssl ecparam -name secp384r1 -genkey -noout | openssl pkey -pubout`;
  it.each<[string, () => string, string, RegExp]>([
    ['when no program is named', () => '', 'evidence.key_program_wrong', /no program is named/],
    ['when there is none', () => at('none'), 'evidence.key_program_failed', /ENOENT/],
    ['when it may not be run', () => write(at('plain'), ''), 'evidence.key_program_failed', /EACCES/],
    [
      'when it fails',
      () => program({ publicKey: 'echo no such key ring >&2; exit 3' }),
      'evidence.key_program_failed',
      /exit code 3: no such key ring$/,
    ],
    ['when it is killed', () => program({ publicKey: 'kill -TERM $$' }), 'evidence.key_program_failed', /it ended with SIGTERM$/],
    ['when it prints something else', () => program({ publicKey: 'echo hello' }), 'evidence.key_program_wrong', /not a public key in PEM/],
    [
      'when it prints the private key',
      () => program({ publicKey: `cat ${pair.privateKeyFile}` }),
      'evidence.key_program_wrong',
      /not a public key in PEM/,
    ],
    ['when its key is of another curve', () => program({ publicKey: p384() }), 'evidence.key_curve', /not on the curve P-256/],
  ])('%s', async (_, make, code, message) => {
    await expect(openSigner({ key: `exec:${make()}` })).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each<[string, string, string, RegExp]>([
    ['is of another key', `openssl pkeyutl -sign -inkey ${other.privateKeyFile} | base64`, 'evidence.key_program_wrong', /does not verify/],
    [
      'is over a digest of the digest',
      `openssl dgst -sha256 -sign ${pair.privateKeyFile} | base64`,
      'evidence.key_program_wrong',
      /does not verify with the public key that it printed/,
    ],
    ['is not base64', `openssl pkeyutl -sign -inkey ${pair.privateKeyFile}`, 'evidence.key_program_wrong', /not base64/],
    ['is empty', 'true', 'evidence.key_program_wrong', /not base64/],
    ['does not end', 'yes', 'evidence.key_program_failed', /it printed more than 65536 bytes/],
    ['does not come', 'echo touch the token >&2; exit 1', 'evidence.key_program_failed', /touch the token/],
  ])('when the signature %s, and nothing is left behind', async (_, sign, code, message) => {
    const folder = writeBundle(at(`refused-${count}`));
    const before = readdirSync(folder);
    const { hint: name, sign: made } = await openKeyProgram(program({ sign }), undefined);
    await expect(made(Buffer.from('x'))).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(name).toBe(hint);
    expect(readdirSync(folder)).toEqual(before);
  });

  it.each([
    ['hangs', 'exec tail -f /dev/null'],
    ['has a child that hangs', 'sleep 3 & wait'],
  ])('when it %s', async (_, publicKey) => {
    await expect(openKeyProgram(program({ publicKey }), undefined, 300)).rejects.toMatchObject({
      code: 'evidence.key_program_failed',
      message: expect.stringContaining('it has not answered in 0.3 s'),
    });
  });

  it('when nobody waits for it any more', async () => {
    const controller = new AbortController();
    const opening = openSigner({ key: `exec:${program({ publicKey: 'exec tail -f /dev/null' })}`, signal: controller.signal });
    controller.abort();
    await expect(opening).rejects.toMatchObject({ code: 'evidence.interrupted' });
  });
});
