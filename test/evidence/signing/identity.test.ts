import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../src/core/index.ts';
import type { Signers } from '../../../src/evidence/verify/signers/index.ts';
import type { Identity, Sigstore } from '../../support/keyless.ts';
import { allBy, readJson, signedBy, signerOf, temporaryFolder, write } from './fixture.ts';
import { identitiesIn, minute, releaser, releaserName, workflow } from './identities.ts';

const given = identitiesIn(temporaryFolder());
const { trusting } = given;
let sigstore: Sigstore;
let signed: string;
beforeAll(async () => {
  sigstore = await given.start();
  signed = await given.sign(sigstore);
});
afterAll(given.close);

function manifestSigner(folder: string, signers: Signers): string {
  return signerOf(folder, 'manifest.sigstore.json', signers);
}

const signedAs = (identity: Identity) => given.sign(sigstore, { identity });

it('a signature of an identity counts by issuer and subject', () => {
  expect(signedBy(signed, trusting(sigstore, releaser))).toEqual(allBy(releaserName));
});

it('or by a pattern for the whole subject, under the name of the pattern', async () => {
  const subjectPattern = `${workflow}@refs/tags/v*`;
  const signers = trusting(sigstore, { issuer: releaser.issuer, subjectPattern });
  expect(manifestSigner(signed, signers)).toBe(`${releaser.issuer} ${subjectPattern}`);
  const later = await signedAs({ ...releaser, subject: `${workflow}@refs/tags/v1.3.0` });
  expect(manifestSigner(later, signers)).toBe(`${releaser.issuer} ${subjectPattern}`);
  for (const subject of [
    `https://evil.example/?${releaser.subject}`,
    `${workflow}@refs/tags/v1/../../heads/main`,
    `${workflow}@refs/heads/v1`,
  ])
    expect(manifestSigner(await signedAs({ ...releaser, subject }), signers), subject).toMatch(/^refused: .*who is not trusted$/);
});

it('or exactly first, where a pattern would have it too', () => {
  const pattern = { issuer: releaser.issuer, subjectPattern: `${workflow}@**` };
  expect(manifestSigner(signed, trusting(sigstore, pattern, releaser))).toBe(releaserName);
});

describe('it is refused', () => {
  it('by another issuer', async () => {
    const folder = await signedAs({ ...releaser, issuer: 'https://token.actions.example.evil' });
    expect(manifestSigner(folder, trusting(sigstore, releaser))).toBe(
      `refused: it is signed by \`${releaser.subject}\` of \`https://token.actions.example.evil\`, who is not trusted`,
    );
  });

  it('by another subject', async () => {
    const folder = await signedAs({ ...releaser, subject: `${workflow}@refs/heads/main` });
    expect(manifestSigner(folder, trusting(sigstore, releaser))).toBe(
      `refused: it is signed by \`${workflow}@refs/heads/main\` of \`${releaser.issuer}\`, who is not trusted`,
    );
  });

  it('where no identity is trusted', () => {
    expect(manifestSigner(signed, { keys: new Map(), identities: [], root: null })).toBe(
      'refused: it is signed with a certificate, and no identities are trusted',
    );
  });

  it('with a trusted root of others', async () => {
    expect(manifestSigner(signed, trusting(await given.start(), releaser))).toBe('refused: Failed to verify certificate chain');
  });

  it.each(['certificateAuthorities', 'tlogs', 'ctlogs'])('with a trusted root whose %s are of others', async (part) => {
    const [ours, theirs] = [JSON.parse(sigstore.trustedRoot), JSON.parse((await given.start()).trustedRoot)];
    const mixed = { trustedRoot: JSON.stringify({ ...ours, [part]: theirs[part] }) };
    expect(manifestSigner(signed, trusting(mixed, releaser))).toMatch(/^refused: (?!it is signed by)/);
  });

  it('with a certificate that no log of certificates has seen', async () => {
    const unseen = await given.start({ unseen: true });
    expect(manifestSigner(await given.sign(unseen), trusting(unseen, releaser))).toBe('refused: expected 1 SCTs, got 0');
  });

  it.each([
    ['before its certificate was valid', -30],
    ['after its certificate had expired', 30],
  ])('when it was made %s', async (_, minutes) => {
    const late = await given.start({ loggedAt: new Date(Date.now() + minutes * minute) });
    expect(manifestSigner(await given.sign(late), trusting(late, releaser))).toBe('refused: Failed to verify certificate chain');
  });
});

type Entry = { [member: string]: unknown };
type Material = { tlogEntries: [Entry, ...Entry[]]; [member: string]: unknown };

function entriesOf(name: string): Material['tlogEntries'] {
  return readJson(join(signed, name)).verificationMaterial.tlogEntries;
}

it.each<[string, (material: Material) => unknown, RegExp]>([
  ['without an entry of the log', (material) => Reflect.deleteProperty(material, 'tlogEntries'), /expected 1 timestamps, got 0/],
  ['with no proof of its entry', ({ tlogEntries: [entry] }) => delete entry['inclusionProof'], /invalid bundle/],
  ['with no promise, by which the time is known', ({ tlogEntries: [entry] }) => delete entry['inclusionPromise'], /expected 1 timestamps/],
  ['with another time', ({ tlogEntries: [entry] }) => Object.assign(entry, { integratedTime: '1' }), /certificate chain/],
  [
    'with a time a second later',
    ({ tlogEntries: [entry] }) => Object.assign(entry, { integratedTime: `${Number(entry['integratedTime']) + 1}` }),
    /inclusion promise could not be verified/,
  ],
  ['with its entry twice', ({ tlogEntries }) => tlogEntries.push({ ...tlogEntries[0] }), /duplicate/],
  [
    'with the entry of another signature',
    (material) => Object.assign(material, { tlogEntries: entriesOf('verdict.json.sigstore.json') }),
    /signature mismatch|unsupported|mismatch/,
  ],
  [
    'with a timestamp of nobody',
    (material) => Object.assign(material, { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 'AAAA' }] } }),
    /^refused: /,
  ],
  ['with a field more', (material) => Object.assign(material, { note: 'x' }), /fields that a sigstore bundle does not have/],
  ['with a key beside its certificate', (material) => Object.assign(material, { publicKey: { hint: 'x' } }), /^refused: it has fields/],
  [
    'with a chain of certificates',
    (material) => {
      const { certificate, ...others } = material;
      for (const name of Object.keys(material)) delete material[name];
      return Object.assign(material, others, { x509CertificateChain: { certificates: [certificate] } });
    },
    /invalid bundle/,
  ],
])('it is refused %s', (_, change, reason) => {
  const folder = given.bundle();
  const json = readJson(join(signed, 'manifest.sigstore.json'));
  change(json.verificationMaterial);
  write(join(folder, 'manifest.sigstore.json'), Buffer.concat([canonicalBytes(json), Buffer.from('\n')]));
  expect(manifestSigner(folder, trusting(sigstore, releaser))).toMatch(reason);
});
