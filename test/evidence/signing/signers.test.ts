import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../src/core/index.ts';
import { generateKeyPair, openSigner, signBundle } from '../../../src/evidence/index.ts';
import { readSigningKey } from '../../../src/evidence/signing/keys/signing-key.ts';
import { readPolicy } from '../../../src/evidence/verify/policy.ts';
import {
  readSigstoreBundle,
  type SignedBy,
  signersOfKeys,
  verifyBlob,
  verifyEnvelope,
} from '../../../src/evidence/verify/signers/index.ts';
import { readJson, sign, signerOf, temporaryFolder, write, writeBundle } from './fixture.ts';

const root = temporaryFolder();
const { at } = root;
afterAll(() => root.remove());

const pairs = ['release', 'auditor', 'stranger'].map((name) => generateKeyPair({ prefix: at(name) }));
const [release, auditor, stranger] = pairs;
if (release === undefined || auditor === undefined || stranger === undefined) throw new Error('no keys');
const hintOf = ({ privateKeyFile }: { privateKeyFile: string }) => readSigningKey(privateKeyFile, undefined).hint;

let folder: string;
beforeAll(async () => {
  folder = writeBundle(at('bundle'));
  await sign(folder, release.privateKeyFile);
  for (const { privateKeyFile } of [auditor, stranger])
    await signBundle({ folder, signer: await openSigner({ key: privateKeyFile }), add: true });
});

/** Whose the signatures over the manifest are, of those that the policy lists. */
function manifestSigners(signers: object): SignedBy[] {
  const policy = readPolicy(write(at('policy.yaml'), JSON.stringify({ format: 1, signers })));
  const manifest = readFileSync(join(folder, 'manifest.json'));
  return ['manifest.sigstore.json', 'manifest.2.sigstore.json', 'manifest.3.sigstore.json'].flatMap((name) => {
    try {
      return [verifyBlob(readSigstoreBundle(readFileSync(join(folder, name))), manifest, policy.signers)];
    } catch {
      return [];
    }
  });
}

describe('signatures of keys', () => {
  it('count for the signers that a policy lists, and for no other', () => {
    const found = manifestSigners({ threshold: 2, keys: [{ file: 'auditor.pub' }, { file: 'release.pub' }] });
    expect(found.map(({ name }) => name)).toEqual([hintOf(release), hintOf(auditor)]);
    expect(found.map(({ label }) => label)).toEqual([
      `key ${hintOf(release).slice(0, 12)}… (release.pub)`,
      `key ${hintOf(auditor).slice(0, 12)}… (auditor.pub)`,
    ]);
  });

  it('say until when their key counts, after a rotation', () => {
    const found = manifestSigners({ keys: [{ file: 'release.pub', validUntil: '2026-06-30T00:00:00Z' }, { file: 'auditor.pub' }] });
    expect(found.map(({ validUntil }) => validUntil)).toEqual([new Date('2026-06-30T00:00:00Z'), null]);
  });

  it('say since when their key is revoked, and why', () => {
    const found = manifestSigners({ keys: [{ file: 'release.pub', revokedAt: '2026-05-01T00:00:00Z', reason: 'laptop stolen' }] });
    expect(found.map(({ revoked }) => revoked)).toEqual([{ at: new Date('2026-05-01T00:00:00Z'), reason: 'laptop stolen' }]);
  });

  it('of a key given by itself count without end', () => {
    const signers = signersOfKeys([release.publicKeyFile]);
    const bundle = readSigstoreBundle(readFileSync(join(folder, 'notes.txt.sigstore.json')));
    expect(verifyEnvelope(bundle, signers)).toEqual({
      name: hintOf(release),
      label: expect.stringContaining(release.publicKeyFile),
      validUntil: null,
      revoked: null,
    });
  });
});

type Json = ReturnType<typeof readJson>;
const extra = (member: string) => (json: Json) => Object.assign(json, { [member]: 'x' });

describe('a signature is refused', () => {
  const trusting = () => signersOfKeys([release.publicKeyFile]);

  it.each<[string, string, (json: Json) => unknown, RegExp]>([
    ['by a key that is not trusted', 'manifest.2.sigstore.json', () => undefined, /it is signed by another key/],
    [
      'under the hint of a trusted key',
      'manifest.2.sigstore.json',
      (json) => Object.assign(json.verificationMaterial.publicKey, { hint: hintOf(release) }),
      /signature verification failed/,
    ],
    ['that is an envelope', 'notes.txt.sigstore.json', () => undefined, /it is not a message signature/],
    ['with a field more', 'manifest.sigstore.json', extra('note'), /fields that a sigstore bundle does not have/],
    [
      'of another version',
      'manifest.sigstore.json',
      (json) => Object.assign(json, { mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2' }),
      /it is of type/,
    ],
    ['that is no bundle', 'manifest.sigstore.json', (json) => Reflect.deleteProperty(json, 'messageSignature'), /invalid bundle/],
    [
      'with another digest',
      'manifest.sigstore.json',
      (json) => Object.assign(json.messageSignature.messageDigest, { digest: 'AAAA' }),
      /over other bytes/,
    ],
    [
      'with another algorithm',
      'manifest.sigstore.json',
      (json) => Object.assign(json.messageSignature.messageDigest, { algorithm: 'SHA2_384' }),
      /its digest is not SHA-256/,
    ],
    [
      'with a timestamp',
      'manifest.sigstore.json',
      (json) =>
        Object.assign(json.verificationMaterial, { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 'AAAA' }] } }),
      /witnesses that nobody asked to trust/,
    ],
  ])('%s', (_, name, change, reason) => {
    const json = readJson(join(folder, name));
    change(json);
    const changed = writeBundle(at('changed'));
    write(join(changed, 'manifest.sigstore.json'), Buffer.concat([canonicalBytes(json), Buffer.from('\n')]));
    expect(signerOf(changed, 'manifest.sigstore.json', trusting())).toMatch(reason);
  });

  it.each<[string, (json: Json) => unknown, RegExp]>([
    ['has a second signature', ({ signatures }) => signatures.push({ sig: 'AAAA' }), /invalid bundle/],
    ['names a key', ({ signatures }) => Object.assign(signatures[0], { keyid: 'x' }), /it names a key in its envelope/],
    ['says something else', (envelope) => Object.assign(envelope, { payload: 'e30=' }), /signature verification failed/],
    ['is of another type', (envelope) => Object.assign(envelope, { payloadType: 'text/plain' }), /signature verification failed/],
  ])('whose envelope %s', (_, change, reason) => {
    const json = readJson(join(folder, 'notes.txt.sigstore.json'));
    change(json.dsseEnvelope);
    const changed = writeBundle(at('changed'));
    write(join(changed, 'notes.txt.sigstore.json'), Buffer.concat([canonicalBytes(json), Buffer.from('\n')]));
    expect(signerOf(changed, 'notes.txt.sigstore.json', trusting())).toMatch(reason);
  });

  it.each<[string, (text: string) => string]>([
    ['that is not canonical', (text) => text.replace('{', '{ ')],
    ['with a member twice', (text) => text.replace('{', '{"mediaType":"x",')],
    ['that is cut off', (text) => text.slice(0, -10)],
  ])('%s', (_, change) => {
    const changed = writeBundle(at('changed'));
    const file = join(changed, 'manifest.sigstore.json');
    write(file, change(readFileSync(join(folder, 'manifest.sigstore.json'), 'utf8')));
    expect(signerOf(changed, 'manifest.sigstore.json', trusting())).toMatch(/^refused: (it does not end|the (JSON|bytes))/);
  });
});

describe('a key file is refused', () => {
  const pem = (curve: string) => generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'pem', type: 'spki' });
  it.each<[string, () => string, string]>([
    ['that is not there', () => at('none.pub'), 'evidence.verify.key_unreadable'],
    ['that is a private key', () => release.privateKeyFile, 'evidence.verify.key_malformed'],
    ['of another curve', () => write(at('p384.pub'), pem('P-384')), 'evidence.verify.key_malformed'],
    [
      'with half a key',
      () => write(at('half.pub'), readFileSync(release.publicKeyFile, 'utf8').slice(0, 80)),
      'evidence.verify.key_malformed',
    ],
  ])('%s', (_, file, code) => {
    expect(() => signersOfKeys([file()])).toThrow(expect.objectContaining({ code }));
  });

  it('only when it is not one: a key is known by what it is and not by its file', () => {
    const copy = write(
      at('copy.pub'),
      createPublicKey(readFileSync(release.publicKeyFile, 'utf8')).export({ format: 'pem', type: 'spki' }),
    );
    expect([...signersOfKeys([copy]).keys.keys()]).toEqual([hintOf(release)]);
  });
});
