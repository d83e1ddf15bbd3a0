import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../../src/evidence/index.ts';
import { readSigningKey } from '../../../src/evidence/signing/keys/signing-key.ts';
import { readPolicy } from '../../../src/evidence/verify/policy.ts';
import { startSigstore } from '../../support/keyless.ts';
import { temporaryFolder, write } from './fixture.ts';

const root = temporaryFolder();
const { at } = root;
const pair = generateKeyPair({ prefix: at('cosign') });
const old = generateKeyPair({ prefix: at('old') });
const hintOf = ({ privateKeyFile }: { privateKeyFile: string }) => readSigningKey(privateKeyFile, undefined).hint;
beforeAll(async () => {
  const sigstore = await startSigstore();
  write(at('root.json'), sigstore.trustedRoot);
  sigstore.close();
  write(at('log.vkey'), 'countersign.test/alpha+0badc0de+AAAA\n');
});
afterAll(() => root.remove());

const policy = (text: string) => readPolicy(write(at('policy.yaml'), text));

describe('a policy file', () => {
  it('says whom and what a verifier asks for, by paths from where it is', () => {
    const read = policy(`
format: 1
signers:
  threshold: 2
  keys:
    - { file: cosign.pub }
    - { file: old.pub, validUntil: 2026-06-30T00:00:00Z, revokedAt: 2026-05-01T00:00:00Z, reason: laptop stolen }
  identities:
    - { issuer: https://token.actions.example, subject: who }
    - { issuer: https://token.actions.example, subjectPattern: https://github.com/acme/*@refs/tags/** }
  trustedRoot: root.json
ledger: { key: log.vkey }
contract: contract.yaml
required: [https://cyclonedx.org/bom]
maxAgeDays: 400
`);
    const { signers, ...asked } = read;
    expect(asked).toEqual({
      threshold: 2,
      ledgerKey: 'countersign.test/alpha+0badc0de+AAAA',
      contractFile: resolve(root.path, 'contract.yaml'),
      required: ['https://cyclonedx.org/bom'],
      maxAgeDays: 400,
    });
    expect([...signers.keys].map(([hint, { file, validUntil, revoked }]) => ({ hint, file, validUntil, revoked }))).toEqual([
      { hint: hintOf(pair), file: 'cosign.pub', validUntil: null, revoked: null },
      {
        hint: hintOf(old),
        file: 'old.pub',
        validUntil: new Date('2026-06-30T00:00:00Z'),
        revoked: { at: new Date('2026-05-01T00:00:00Z'), reason: 'laptop stolen' },
      },
    ]);
    expect(signers.identities.map(({ name }) => name)).toEqual([
      'https://token.actions.example who',
      'https://token.actions.example https://github.com/acme/*@refs/tags/**',
    ]);
    expect(signers.root?.certificateAuthorities).toHaveLength(1);
  });

  it('asks for no more than one signer where it says no more', () => {
    expect(policy('{ format: 1, signers: { keys: [{ file: cosign.pub }] } }')).toEqual({
      signers: expect.anything(),
      threshold: 1,
      ledgerKey: null,
      contractFile: null,
      required: [],
      maxAgeDays: null,
    });
  });

  const keys = 'signers: { keys: [{ file: cosign.pub }] }';
  const identity = 'issuer: https://issuer.example, subject: who';
  it.each<[string, string, RegExp]>([
    ['is empty', '', /`\(top level\)`/],
    ['is no YAML', 'format: [1', /policy\.yaml` is not a policy: line 1: /],
    ['gives a key twice', `format: 1\nformat: 1\n${keys}`, /line 2: .*unique/],
    ['has an alias without an anchor', `format: 1\nsigners: *them`, /them/],
    ['is of another format', `{ format: 2, ${keys} }`, /`format`/],
    ['has a member more', `{ format: 1, ${keys}, tlog: false }`, /tlog/],
    [
      'has a member more of a key',
      '{ format: 1, signers: { keys: [{ file: cosign.pub, trusted: true }] } }',
      /`signers\.keys\[0\]`.*trusted/,
    ],
    ['names nobody', '{ format: 1, signers: {} }', /`signers`: lists nobody/],
    [
      'asks for more signers than it lists',
      '{ format: 1, signers: { threshold: 2, keys: [{ file: cosign.pub }] } }',
      /only 1 signers are listed/,
    ],
    ['asks for no signer', '{ format: 1, signers: { threshold: 0, keys: [{ file: cosign.pub }] } }', /`signers\.threshold`/],
    [
      'lists a key twice',
      '{ format: 1, signers: { keys: [{ file: cosign.pub }, { file: ./cosign.pub }] } }',
      /is the key of `cosign\.pub`/,
    ],
    [
      'revokes without a reason',
      '{ format: 1, signers: { keys: [{ file: old.pub, revokedAt: 2026-05-01T00:00:00Z }] } }',
      /revokedAt and reason/,
    ],
    ['revokes without a moment', '{ format: 1, signers: { keys: [{ file: old.pub, reason: lost }] } }', /revokedAt and reason/],
    [
      'has a day for a moment',
      '{ format: 1, signers: { keys: [{ file: old.pub, validUntil: 2026-05-01 }] } }',
      /`signers\.keys\[0\]\.validUntil`.*UTC/,
    ],
    ['has identities without a root', `{ format: 1, signers: { identities: [{ ${identity} }] } }`, /trustedRoot belong together/],
    [
      'has a root without identities',
      '{ format: 1, signers: { keys: [{ file: cosign.pub }], trustedRoot: root.json } }',
      /trustedRoot belong together/,
    ],
    [
      'lists an identity twice',
      `{ format: 1, signers: { trustedRoot: root.json, identities: [{ ${identity} }, { ${identity} }] } }`,
      /lists somebody twice/,
    ],
    [
      'has an identity without a subject',
      '{ format: 1, signers: { trustedRoot: root.json, identities: [{ issuer: https://issuer.example }] } }',
      /one of subject and subjectPattern/,
    ],
    [
      'has a regular expression',
      '{ format: 1, signers: { trustedRoot: root.json, identities: [{ issuer: https://issuer.example, subjectPattern: "^https://acme/.*$" }] } }',
      /`signers\.identities\[0\]\.subjectPattern`: it looks like a regular expression/,
    ],
  ])('is refused that %s', (_, text, message) => {
    expect(() => policy(text)).toThrow(
      expect.objectContaining({ code: 'evidence.verify.policy_malformed', message: expect.stringMatching(message) }),
    );
  });

  it.each<[string, string, string]>([
    ['a key that is not there', '{ format: 1, signers: { keys: [{ file: none.pub }] } }', 'evidence.verify.key_unreadable'],
    ['a private key', '{ format: 1, signers: { keys: [{ file: cosign.key }] } }', 'evidence.verify.key_malformed'],
    ['a ledger key that is not there', `{ format: 1, ${keys}, ledger: { key: none.vkey } }`, 'evidence.verify.key_unreadable'],
    [
      'a root that is not there',
      `{ format: 1, signers: { trustedRoot: none.json, identities: [{ ${identity} }] } }`,
      'evidence.verify.root_malformed',
    ],
    [
      'a root that is none',
      `{ format: 1, signers: { trustedRoot: cosign.pub, identities: [{ ${identity} }] } }`,
      'evidence.verify.root_malformed',
    ],
    [
      'the root that trusts nobody',
      `{ format: 1, signers: { trustedRoot: ${resolve(import.meta.dirname, '../../../evidence/empty-root.json')}, identities: [{ ${identity} }] } }`,
      'evidence.verify.root_malformed',
    ],
  ])('is refused with %s', (_, text, code) => {
    expect(() => policy(text)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused where it is not there', () => {
    expect(() => readPolicy(at('none.yaml'))).toThrow(expect.objectContaining({ code: 'evidence.verify.policy_unreadable' }));
  });
});
