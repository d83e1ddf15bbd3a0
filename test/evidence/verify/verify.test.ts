import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/core/index.ts';
import { archiveSource, type Report, readPolicy, type VerifyRequest, verifyBundle } from '../../../src/evidence/verify/index.ts';
import { noteSigner } from '../../../src/ledger/note.ts';
import { decision, readJson, temporaryFolder, write, writeSigned } from '../fixture.ts';
import { insiderCopy, type Manifest, rewrite, signAnyhow } from './insider.ts';
import { makeReleases, type Releases } from './releases.ts';

const root = temporaryFolder();
let made: Releases;
let count = 0;

beforeAll(async () => {
  made = await makeReleases(join(root.path, 'made'));
});
afterAll(() => root.remove());

function fresh(): string {
  count += 1;
  return join(root.path, `${count}`);
}

function copy(folder: string = made.small): string {
  const target = fresh();
  cpSync(folder, target, { recursive: true });
  return target;
}

function verify(bundle: VerifyRequest['bundle'], more: Partial<VerifyRequest> = {}): Promise<Report> {
  return verifyBundle({ bundle, keyFiles: [made.key.publicKeyFile], ledgerKeyFile: made.ledgerKeyFile, ...more });
}

/** What failed, `<check> <subject>`. */
function failuresOf({ ok, checks }: Report): string[] {
  const failed = checks.filter((item) => !item.ok).map((item) => `${item.check} ${item.subject}`);
  expect(ok).toBe(failed.length === 0);
  return failed;
}

describe('a good bundle', () => {
  it('verifies as a folder, as an archive and as a source of files, all the same', async () => {
    const { contractFile } = made;
    const asked = { contractFile, release: 'v1.2.3', commit: 'c0ffee0123', maxAgeDays: 10, now: new Date('2026-01-05T00:00:00Z') };
    const reports = await Promise.all([made.small, made.archive, archiveSource(made.archive)].map((bundle) => verify(bundle, asked)));
    for (const report of reports) {
      expect(failuresOf(report)).toEqual([]);
      expect(report.requirements).toEqual(reports[0]?.requirements);
    }
    expect(reports[0]?.manifest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(reports[0]?.requirements.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'sbom-cyclonedx met',
      'provenance met',
      'decision-log met',
      'decision-coverage met',
      'junit met',
    ]);
  });

  it('verifies with the ledger key in it, and says that this is the signer’s word', async () => {
    const report = await verify(made.small, { ledgerKeyFile: undefined });
    expect(failuresOf(report)).toEqual([]);
    expect(report.checks.find(({ check }) => check === 'ledger.checkpoint')?.detail).toContain('by the key in the manifest');
  });

  it('verifies with what came before it', async () => {
    expect(failuresOf(await verify(made.registered))).toEqual([]);
    for (const previous of [made.small, made.archive, join(made.small, 'manifest.json')])
      expect(failuresOf(await verify(made.next, { previous }))).toEqual([]);
    expect(failuresOf(await verify(made.first, { parents: [made.incomplete] }))).toEqual([]);
    expect(failuresOf(await verify(made.second, { parents: [made.incomplete, made.first] }))).toEqual([]);
  });

  it('counts a revoked key where the ledger had the bundle before', async () => {
    const keys = `keys: [{ file: ${made.key.publicKeyFile}, revokedAt: 2026-02-01T00:00:00Z, reason: lost }]`;
    const policy = readPolicy(write(join(root.path, 'revoked.yaml'), `format: 1\nsigners:\n  ${keys}\n`));
    expect(failuresOf(await verify(made.registered, { policy, keyFiles: [] }))).toEqual([]);
    // The time of an entry is proven only by a key that was handed over.
    const alone = await verify(made.registered, { policy, keyFiles: [], ledgerKeyFile: undefined });
    expect(failuresOf(alone)).toEqual(['policy.revoked signatures']);
  });

  it('says what is missing and how to get it, where its contract is not met', async () => {
    const { requirements, checks } = await verify(made.incomplete);
    expect(requirements).toEqual([
      { id: 'junit', outcome: 'met', detail: 'tests.json', obtain: null },
      { id: 'file:notes.txt', outcome: 'missing', detail: 'no `notes.txt` of kind `file`', obtain: 'write the notes' },
    ]);
    expect(checks.filter(({ ok }) => !ok)).toEqual([
      { check: 'contract.met', subject: 'verdict.json', ok: false, detail: 'the contract is not met: `file:notes.txt`' },
    ]);
  });
});

it('goes by the ledger key that the verifier holds, not by the one in the bundle', async () => {
  const stranger = noteSigner('countersign.test/alpha', generateKeyPairSync('ed25519').privateKey, Buffer.alloc(32, 7));
  const ledgerKeyFile = write(join(root.path, 'stranger.vkey'), stranger.verifierKey);
  expect(failuresOf(await verify(made.small, { ledgerKeyFile }))).toEqual([
    'ledger.checkpoint ledger-checkpoint',
    'ledger.proofs ledger-proofs.json',
  ]);
});

it('one byte anywhere in any file fails something', async () => {
  const folder = copy();
  for (const name of readdirSync(folder)) {
    const good = readFileSync(join(folder, name));
    for (const at of [0, good.length >> 1, good.length - 2].filter((index) => index >= 0 && index < good.length)) {
      const bad = Buffer.from(good);
      bad.writeUInt8(bad.readUInt8(at) ^ 0x01, at);
      writeFileSync(join(folder, name), bad);
      expect((await verify(folder)).ok, `${name} at ${at}`).toBe(false);
    }
    writeFileSync(join(folder, name), good);
  }
  expect((await verify(folder)).ok).toBe(true);
});

type Json = Record<string, unknown>;

describe('a statement is refused with', () => {
  it.each<[string, (json: Json) => void]>([
    ['a field that nobody signed', (json) => Object.assign(json, { note: 'trust me' })],
    ['an older bundle format', (json) => Object.assign(json, { mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2' })],
    ['no signature', (json) => Reflect.deleteProperty(json, 'dsseEnvelope')],
    ['a second signature', ({ dsseEnvelope }) => Object(dsseEnvelope).signatures.push(Object(dsseEnvelope).signatures[0])],
    ['a name in its envelope', ({ dsseEnvelope }) => Object.assign(Object(dsseEnvelope).signatures[0], { keyid: 'me' })],
    [
      'a timestamp that nobody asked for',
      ({ verificationMaterial }) =>
        Object.assign(Object(verificationMaterial), { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 'AAAA' }] } }),
    ],
    ['a payload of another type', ({ dsseEnvelope }) => Object.assign(Object(dsseEnvelope), { payloadType: 'text/plain' })],
  ])('%s', async (_, change) => {
    const folder = copy();
    rewrite(folder, 'sbom.cdx.json.sigstore.json', change);
    expect(failuresOf(await verify(folder))).toEqual(['statement.form sbom.cdx.json.sigstore.json']);
  });
});

describe('a manifest is refused that', () => {
  const record = { sha256: '0'.repeat(64), size: 1, mediaType: 'text/plain', kind: 'file', summary: { bytes: 1 } };
  const attested = { ...record, predicateType: 'https://in-toto.io/attestation/reference/v0.1' };
  const adding = (item: Json) => (manifest: Manifest) => {
    manifest.artifacts.push(item);
    manifest.artifacts.sort((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1));
  };
  it.each<[string, (manifest: Manifest) => void, RegExp]>([
    ...['../manifest.json', 'a/b', '.hidden', 'naïve', 'n'.repeat(81)].map((name): [string, (manifest: Manifest) => void, RegExp] => [
      `lists \`${name.slice(0, 20)}\``,
      adding({ ...attested, name }),
      /must be a plain file name/,
    ]),
    ...['manifest.json', 'x.sigstore.json', 'manifest', 'manifest.att', 'manifest.2'].map(
      (name): [string, (manifest: Manifest) => void, RegExp] => [
        `lists \`${name}\``,
        adding({ ...attested, name }),
        /the name of a signature or its own/,
      ],
    ),
    ['lists a kind that is none', adding({ ...record, name: 'x', kind: 'horoscope' }), /must be a kind of this format/],
    ['lists an item without the statement of its kind', adding({ ...record, name: 'x' }), /calls for a statement of type undefined/],
    ['lists a second verdict', adding({ ...record, name: 'x', kind: 'verdict' }), /`x` is of kind `verdict`/],
    ['has its artifacts in another order', (manifest) => manifest.artifacts.reverse(), /not in order, each once/],
    ['has a field of its own', (manifest) => Object.assign(manifest, { extra: 1 }), /extra/],
    ['names another provenance', (manifest) => Object.assign(manifest, { provenance: `sha256:${'0'.repeat(64)}` }), /provenance/],
    ['is of another format', (manifest) => Object.assign(manifest, { format: 2 }), /format/],
    [
      'has an item of another bundle and no parent',
      (manifest) => Object.assign(manifest.artifacts[indexIn(manifest, 'tests.json')], { from: `sha256:${'0'.repeat(64)}` }),
      /there is no parent/,
    ],
  ])('%s', async (_, change, reason) => {
    const folder = copy();
    rewrite(folder, 'manifest.json', change);
    const failed = (await verify(folder)).checks.filter(({ ok }) => !ok);
    expect(failed.map(({ check }) => check)).toEqual(['manifest.signature', 'manifest.form']);
    expect(failed[1]?.detail).toMatch(reason);
  });
});

describe('what the ledger is said to show is refused with', () => {
  it.each<[string, string, (value: Manifest) => void, string[]]>([
    ['a proof left out', 'ledger-proofs.json', ({ proofs }) => proofs.pop(), ['ledger.proofs ledger-proofs.json']],
    ['a path cut short', 'ledger-proofs.json', ({ proofs }) => proofs[0].path.pop(), ['ledger.proofs ledger-proofs.json']],
    [
      'a proven leaf changed',
      'ledger-proofs.json',
      ({ proofs }) => Object.assign(proofs[0], { leaf: proofs[0].leaf.replace('decided 1', 'decided 8') }),
      ['ledger.proofs ledger-proofs.json'],
    ],
  ])('%s', async (_, name, change, failed) => {
    const folder = await insiderCopy(made.small, fresh(), made.key.privateKeyFile, { files: (bundle) => rewrite(bundle, name, change) });
    expect(failuresOf(await verify(folder))).toEqual(failed);
  });

  it('the root of another log', async () => {
    const manifest = (value: Manifest) => Object.assign(value.ledger, { root: '0'.repeat(64) });
    const folder = await insiderCopy(made.small, fresh(), made.key.privateKeyFile, { manifest });
    expect(failuresOf(await verify(folder))).toEqual(['ledger.checkpoint ledger-checkpoint']);
  });

  it('a log that does not continue the one before', async () => {
    const files = (bundle: string) =>
      rewrite(bundle, 'ledger-proofs.json', ({ consistency }) => {
        consistency.path[0] = '0'.repeat(64);
      });
    const folder = await insiderCopy(made.next, fresh(), made.key.privateKeyFile, { files });
    expect(failuresOf(await verify(folder, { previous: made.small }))).toEqual(['ledger.consistency ledger-proofs.json']);
  });
});

describe('a delta is refused that', () => {
  it.each<[string, (manifest: Manifest) => void]>([
    ['is of before its parent', (manifest) => Object.assign(manifest, { at: '2025-12-31T00:00:00.000Z' })],
    ['is of another number', (manifest) => Object.assign(manifest.parent, { number: 2 })],
    ['is of another commit', (manifest) => Object.assign(manifest.source, { commit: 'c0ffee0123456789c0ffee0123456789c0ffee02' })],
    ['leaves an item out', (manifest) => manifest.artifacts.splice(indexIn(manifest, 'tests.json'), 1)],
    [
      'says something else of an item',
      (manifest) => Object.assign(manifest.artifacts[indexIn(manifest, 'tests.json')].summary, { tests: 9 }),
    ],
  ])('%s', async (_, change) => {
    const folder = copy(made.first);
    rewrite(folder, 'manifest.json', change);
    await signAnyhow(folder, made.key.privateKeyFile);
    expect(failuresOf(await verify(folder, { parents: [made.incomplete] }))).toContain('chain.parent manifest.json');
  });
});

function indexIn({ artifacts }: Manifest, name: string): number {
  return artifacts.findIndex((item: { name: string }) => item.name === name);
}

it('of more than 1,000 decisions those are proven that the root draws, and the rest is said to be unproven', async () => {
  const data = Array.from({ length: 1_100 }, (_, index) => ({ decision: decision(index) }));
  const { folder, publicKeyFile } = await writeSigned(fresh(), {}, data);
  const { root: drawnBy } = readJson(join(folder, 'manifest.json')).ledger;
  const { proofs }: { proofs: { seq: number }[] } = readJson(join(folder, 'ledger-proofs.json'));
  const rank = (seq: number) => sha256(Buffer.from(`${drawnBy}${seq}`)).toString('hex');
  const unproven = [...data.keys()].filter((seq) => !proofs.some((proof) => proof.seq === seq));
  const lowestUnproven = unproven.map(rank).toSorted()[0] ?? '';
  expect(proofs.slice(1, -1).every(({ seq }) => rank(seq) < lowestUnproven)).toBe(true);

  const report = await verifyBundle({ bundle: folder, keyFiles: [publicKeyFile] });
  expect(failuresOf(report)).toEqual([]);
  expect(report.checks.find(({ check }) => check === 'ledger.decisions')?.detail).toBe(
    '1000 of 1100 lines; for the others only the signature vouches',
  );
});

function publicKeyOn(namedCurve: string): string {
  return generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'pem', type: 'spki' }).toString();
}

describe('verifying cannot begin', () => {
  it.each<[string, () => Partial<VerifyRequest>, string]>([
    ['without the bundle', () => ({ bundle: join(root.path, 'none') }), 'evidence.verify.bundle_unreadable'],
    ['without a parent', () => ({ parents: [join(root.path, 'none')] }), 'evidence.verify.bundle_unreadable'],
    ['without the release before', () => ({ previous: join(root.path, 'none') }), 'evidence.verify.previous_unreadable'],
    ['with nobody who is trusted', () => ({ keyFiles: [] }), 'evidence.verify.no_signer'],
    ['without the key', () => ({ keyFiles: [join(root.path, 'none')] }), 'evidence.verify.key_unreadable'],
    ['without the ledger key', () => ({ ledgerKeyFile: join(root.path, 'none') }), 'evidence.verify.key_unreadable'],
    ['with a private key', () => ({ keyFiles: [made.key.privateKeyFile] }), 'evidence.verify.key_malformed'],
    [
      'with a key on another curve',
      () => ({ keyFiles: [write(join(root.path, 'p384.pub'), publicKeyOn('P-384'))] }),
      'evidence.verify.key_malformed',
    ],
    ['with a contract that is none', () => ({ contractFile: made.ledgerKeyFile }), 'evidence.verify.contract_unreadable'],
    ['once it was interrupted', () => ({ signal: AbortSignal.abort() }), 'evidence.interrupted'],
  ])('%s', async (_, change, code) => {
    await expect(verify(made.small, change())).rejects.toMatchObject({ code });
  });

  it('but an empty folder is a bundle that fails', async () => {
    const folder = fresh();
    mkdirSync(folder);
    expect(failuresOf(await verify(folder))).toEqual(['manifest.signature manifest.json', 'manifest.form manifest.json']);
  });

  it('but a file that cannot be read fails alone', async () => {
    const folder = copy();
    rmSync(join(folder, 'tests.json'));
    mkdirSync(join(folder, 'tests.json'));
    expect(failuresOf(await verify(folder))).toContain('files.plain folder');
  });
});

it('tells how far it is', async () => {
  const told: [number, number][] = [];
  await verify(made.archive, { onProgress: (done, total) => told.push([done, total]) });
  const size = readFileSync(made.archive).length;
  expect(told.at(-1)).toEqual([size, size]);
});
