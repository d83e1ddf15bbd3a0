import { createHash, generateKeyPairSync } from 'node:crypto';
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../src/core/index.ts';
import { buildBundle, generateKeyPair, openSigner, signBundle } from '../../src/evidence/index.ts';
import { type Report, verifyBundle } from '../../src/evidence/verify/index.ts';
import { noteSigner } from '../../src/ledger/note.ts';
import { decision, entries, readJson, type Signed, temporaryFolder, write, writeExport, writeInputs, writeSigned } from './fixture.ts';

const root = temporaryFolder();
let signed: Signed;
let other: Signed;
let unsigned: string;
let count = 0;

beforeAll(async () => {
  signed = await writeSigned(join(root.path, 'release'));
  other = await writeSigned(join(root.path, 'other'), { release: 'v1.2.4' });
  const request = writeInputs(join(root.path, 'unsigned'));
  await buildBundle(request);
  unsigned = request.out;
});
afterAll(() => root.remove());

function copy(folder: string = signed.folder): string {
  count += 1;
  const target = join(root.path, `copy-${count}`);
  cpSync(folder, target, { recursive: true });
  return target;
}

function verify(folder: string, keyFile: string = signed.publicKeyFile): Report {
  return verifyBundle({ folder, keyFile, ledgerKeyFile: signed.request.ledgerKeyFile });
}

/** What failed, `<check> <subject>`. */
function failuresOf({ ok, checks }: Report): string[] {
  const failed = checks.filter((item) => !item.ok).map((item) => `${item.check} ${item.subject}`);
  expect(ok).toBe(failed.length === 0);
  return failed;
}

function edit(folder: string, name: string, change: (text: string) => string): void {
  const before = readFileSync(join(folder, name), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(join(folder, name), after);
}

const statements = ['sbom.cdx.json', 'provenance.json', 'decision-log.jsonl', 'policy-coverage.json'].map(
  (name) => `${name}.sigstore.json`,
);

it('verifies what was built and signed, with and without the ledger key', () => {
  expect(failuresOf(verify(signed.folder))).toEqual([]);
  const { ok, checks, release } = verifyBundle({ folder: signed.folder, keyFile: signed.publicKeyFile });
  expect({ ok, release }).toEqual({ ok: true, release: 'v1.2.3' });
  expect(checks.find((item) => item.check === 'ledger.checkpoint')?.detail).toContain('by the key in the manifest');
});

it('goes by the ledger key that the verifier holds, not by the one in the bundle', () => {
  const stranger = noteSigner('countersign.test/alpha', generateKeyPairSync('ed25519').privateKey, Buffer.alloc(32, 7));
  const ledgerKeyFile = write(join(root.path, 'stranger.vkey'), stranger.verifierKey);
  const report = verifyBundle({ folder: signed.folder, keyFile: signed.publicKeyFile, ledgerKeyFile });
  expect(failuresOf(report)).toEqual(['ledger.checkpoint ledger-checkpoint', 'ledger.proofs ledger-proofs.json']);
});

describe('one byte', () => {
  it.each([
    'HOW-TO-VERIFY.md',
    'decision-log.jsonl',
    'empty-root.json',
    'ledger-checkpoint',
    'ledger-proofs.json',
    'policy-coverage.json',
    'policy-manifest.json',
    'provenance.json',
    'sbom.cdx.json',
  ])('of %s fails its digest', (name) => {
    const folder = copy();
    const bytes = readFileSync(join(folder, name));
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 0x01, bytes.length >> 1);
    writeFileSync(join(folder, name), bytes);
    expect(failuresOf(verify(folder))).toContain(`artifact.digest ${name}`);
  });

  it('anywhere in any file fails something', () => {
    const folder = copy();
    for (const name of readdirSync(folder)) {
      const good = readFileSync(join(folder, name));
      const step = Math.max(1, Math.floor(good.length / 16));
      for (let at = 0; at < good.length; at += step) {
        const bad = Buffer.from(good);
        bad.writeUInt8(bad.readUInt8(at) ^ 0x01, at);
        writeFileSync(join(folder, name), bad);
        expect(verify(folder).ok, `${name} at ${at}`).toBe(false);
      }
      writeFileSync(join(folder, name), good);
    }
    expect(verify(folder).ok).toBe(true);
  });
});

describe('files', () => {
  it.each(['sbom.cdx.json', 'manifest.sigstore.json', 'manifest.att.sigstore.json', ...statements])('notices that %s is gone', (name) => {
    const folder = copy();
    rmSync(join(folder, name));
    expect(failuresOf(verify(folder))).toContain('files.complete folder');
  });

  it('notices a file that nothing lists', () => {
    const folder = copy();
    writeFileSync(join(folder, 'README.txt'), 'run this');
    expect(failuresOf(verify(folder))).toEqual(['files.unlisted folder']);
  });

  it('notices a further signature that nothing lists', () => {
    const folder = copy();
    cpSync(join(folder, 'manifest.sigstore.json'), join(folder, 'ledger-checkpoint.sigstore.json'));
    expect(failuresOf(verify(folder))).toEqual(['files.unlisted folder']);
  });

  it('notices two items that changed places', () => {
    const folder = copy();
    renameSync(join(folder, 'policy-coverage.json'), join(folder, 'x'));
    renameSync(join(folder, 'provenance.json'), join(folder, 'policy-coverage.json'));
    renameSync(join(folder, 'x'), join(folder, 'provenance.json'));
    expect(failuresOf(verify(folder))).toEqual(
      expect.arrayContaining(['artifact.digest policy-coverage.json', 'artifact.digest provenance.json']),
    );
  });

  it('notices two statements that changed places', () => {
    const folder = copy();
    renameSync(join(folder, 'provenance.json.sigstore.json'), join(folder, 'x'));
    renameSync(join(folder, 'sbom.cdx.json.sigstore.json'), join(folder, 'provenance.json.sigstore.json'));
    renameSync(join(folder, 'x'), join(folder, 'sbom.cdx.json.sigstore.json'));
    expect(failuresOf(verify(folder))).toEqual(
      ['provenance.json', 'sbom.cdx.json'].flatMap((name) => [
        `statement.predicate-type ${name}.sigstore.json`,
        `statement.predicate ${name}.sigstore.json`,
      ]),
    );
  });

  it('follows no symbolic link, even to the right bytes', () => {
    const folder = copy();
    rmSync(join(folder, 'sbom.cdx.json'));
    symlinkSync(join(signed.folder, 'sbom.cdx.json'), join(folder, 'sbom.cdx.json'));
    const report = verify(folder);
    expect(failuresOf(report)).toEqual(
      expect.arrayContaining(['files.plain folder', 'files.complete folder', 'artifact.digest sbom.cdx.json']),
    );
    expect(report.checks[0]?.detail).toBe('`sbom.cdx.json` is a symbolic link');
  });

  it('takes no folder, and no name that is not plain', () => {
    const folder = copy();
    mkdirSync(join(folder, 'more'));
    linkSync(join(folder, 'sbom.cdx.json'), join(folder, '.hidden'));
    const [plain] = verify(folder).checks;
    expect(plain).toMatchObject({ check: 'files.plain', ok: false, detail: '".hidden" is not a plain name; `more` is not a regular file' });
  });
});

function withTimestamp(json: Record<string, unknown>) {
  const timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp: 'AAAA' }] };
  return { ...json, verificationMaterial: { ...Object(json['verificationMaterial']), timestampVerificationData } };
}

function withSecondSignature(json: Record<string, unknown>) {
  const envelope = Object(json['dsseEnvelope']);
  return { ...json, dsseEnvelope: { ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] } };
}

describe('signatures', () => {
  it('by another key fail, all of them and nothing else', () => {
    const fails = [
      'manifest.signature manifest.sigstore.json',
      ...[...statements, 'manifest.att.sigstore.json'].map((name) => `statement.signature ${name}`),
    ];
    const report = verify(signed.folder, other.publicKeyFile);
    expect(failuresOf(report).toSorted()).toEqual(fails.toSorted());
    expect(report.checks.find((item) => !item.ok)?.detail).toMatch(/^it is signed by another key \(/);
  });

  it('by another key under the hint of the right one fail', () => {
    const hints = [other, signed].map(({ folder }) => readJson(join(folder, 'manifest.sigstore.json')).verificationMaterial.publicKey.hint);
    const folder = copy(other.folder);
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.sigstore.json')))
      edit(folder, name, (text) => text.replace(hints[0], hints[1]));
    expect(failuresOf(verify(folder))).toHaveLength(6);
  });

  it('of another release do not fit', () => {
    const folder = copy();
    const foreign = generateKeyPair({ prefix: join(root.path, 'same') });
    const [a, b] = [copy(unsigned), writeInputs(join(root.path, 'later'))];
    return buildBundle({ ...b, release: 'v1.3.0' }).then(async () => {
      for (const target of [a, b.out]) await signBundle({ folder: target, signer: await openSigner({ key: foreign.privateKeyFile }) });
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      cpSync(a, folder, { recursive: true });
      for (const name of readdirSync(folder).filter((file) => file.endsWith('.sigstore.json')))
        cpSync(join(b.out, name), join(folder, name));
      const failed = failuresOf(verify(folder, foreign.publicKeyFile));
      expect(failed).toEqual(
        expect.arrayContaining([
          'manifest.signature manifest.sigstore.json',
          ...[...statements, 'manifest.att.sigstore.json'].map((name) => `statement.subject ${name}`),
          'statement.predicate provenance.json.sigstore.json',
        ]),
      );
    });
  });

  it('over an edited manifest fail', () => {
    const folder = copy();
    edit(folder, 'manifest.json', (text) => text.replace('v1.2.3', 'v9.9.9'));
    expect(failuresOf(verify(folder))).toEqual(
      expect.arrayContaining(['manifest.signature manifest.sigstore.json', 'statement.subject manifest.att.sigstore.json']),
    );
  });

  it('over an edited statement fail', () => {
    const folder = copy();
    const name = 'policy-coverage.json.sigstore.json';
    const json = readJson(join(folder, name));
    const payload = Buffer.from(json.dsseEnvelope.payload, 'base64').toString().replace('97.5', '99.5');
    json.dsseEnvelope.payload = Buffer.from(payload).toString('base64');
    writeFileSync(join(folder, name), Buffer.concat([canonicalBytes(json), Buffer.from('\n')]));
    expect(failuresOf(verify(folder))).toEqual([`statement.signature ${name}`, `statement.predicate ${name}`]);
  });

  it.each([
    ['a field that nobody signed', (json: Record<string, unknown>) => ({ ...json, note: 'trust me' })],
    [
      'an older bundle format',
      (json: Record<string, unknown>) => ({ ...json, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2' }),
    ],
    [
      'a certificate instead of a key',
      (json: Record<string, unknown>) => ({ ...json, verificationMaterial: { certificate: { rawBytes: 'AAAA' } } }),
    ],
    ['no signature', ({ dsseEnvelope: _, ...json }: Record<string, unknown>) => json],
    ['a timestamp that nobody asked for', withTimestamp],
    ['a second signature', withSecondSignature],
  ])('are refused with %s', (_, change) => {
    const folder = copy();
    const name = 'sbom.cdx.json.sigstore.json';
    writeFileSync(
      join(folder, name),
      Buffer.concat([canonicalBytes(JSON.parse(JSON.stringify(change(readJson(join(folder, name)))))), Buffer.from('\n')]),
    );
    expect(failuresOf(verify(folder))).toEqual([`statement.form ${name}`]);
  });

  it('are refused when the payload is of another type', () => {
    const folder = copy();
    edit(folder, 'sbom.cdx.json.sigstore.json', (text) => text.replace('application/vnd.in-toto+json', 'text/plain'));
    expect(failuresOf(verify(folder))).toEqual(['statement.form sbom.cdx.json.sigstore.json']);
  });

  it.each(['manifest.json', 'manifest.sigstore.json', 'sbom.cdx.json.sigstore.json'])('with a key twice in %s are refused', (name) => {
    const folder = copy();
    edit(folder, name, (text) => text.replace('{"', '{"release":"v0.0.0","release":"v0.0.0","'));
    expect(verify(folder).ok).toBe(false);
  });

  it('with a key twice in the manifest say so', () => {
    const folder = copy();
    edit(folder, 'manifest.json', (text) => text.replace('"release"', '"release":"v9.9.9","release"'));
    expect(verify(folder).checks.filter((item) => !item.ok)).toMatchObject([
      { check: 'manifest.signature' },
      { check: 'manifest.form', detail: 'the JSON is not in canonical form (RFC 8785)' },
    ]);
  });
});

/** The signer itself changes an item, lists it rightly and signs: only what the items say can give it away. */
async function resigned(
  name: string,
  change: (text: string) => string,
  more: (manifest: ReturnType<typeof readJson>) => void = () => {},
): Promise<string> {
  const folder = copy(unsigned);
  edit(folder, name, change);
  const bytes = readFileSync(join(folder, name));
  const manifest = readJson(join(folder, 'manifest.json'));
  const record = manifest.artifacts.find((item: { name: string }) => item.name === name);
  record.size = bytes.length;
  record.sha256 = createHash('sha256').update(bytes).digest('hex');
  more(manifest);
  writeFileSync(join(folder, 'manifest.json'), Buffer.concat([canonicalBytes(manifest), Buffer.from('\n')]));
  await signBundle({ folder, signer: await openSigner({ key: signed.keyFile }) });
  return folder;
}

function withoutProofs(manifest: ReturnType<typeof readJson>): void {
  const isOther = (name: string) => name !== 'ledger-proofs.json';
  manifest.artifacts = manifest.artifacts.filter((item: { name: string }) => isOther(item.name));
  manifest.contract.required = manifest.contract.required.filter(isOther);
}

const truncate = (key: string) => (text: string) => {
  const file = JSON.parse(text);
  file[key] = file[key].slice(0, -1);
  return `${canonicalBytes(file)}\n`;
};

describe('a signer who signs what is not so', () => {
  it.each<[string, string, (text: string) => string, string[]]>([
    [
      'a decision reworded',
      'decision-log.jsonl',
      (text) => text.replace('decided 5', 'decided 7'),
      ['ledger.decisions decision-log.jsonl'],
    ],
    ['a decision turned', 'decision-log.jsonl', (text) => text.replace('"DENY"', '"ALLOW"'), ['ledger.decisions decision-log.jsonl']],
    [
      'a decision left out',
      'decision-log.jsonl',
      (text) => text.slice(text.indexOf('\n') + 1),
      ['ledger.proofs ledger-proofs.json', 'ledger.decisions decision-log.jsonl'],
    ],
    [
      'a decision twice',
      'decision-log.jsonl',
      (text) => `${text}${text.split('\n').at(-2)}\n`,
      [
        'artifact.form decision-log.jsonl',
        'statement.predicate decision-log.jsonl.sigstore.json',
        'ledger.proofs ledger-proofs.json',
        'ledger.decisions decision-log.jsonl',
      ],
    ],
    ['proofs truncated', 'ledger-proofs.json', truncate('proofs'), ['ledger.proofs ledger-proofs.json']],
    [
      'a proof path truncated',
      'ledger-proofs.json',
      (text) => text.replace(/"path":\["[0-9a-f]{64}",/, '"path":['),
      ['ledger.proofs ledger-proofs.json'],
    ],
    [
      'a proven leaf changed',
      'ledger-proofs.json',
      (text) => text.replace('decided 1', 'decided 8'),
      ['ledger.proofs ledger-proofs.json', 'ledger.decisions decision-log.jsonl'],
    ],
    [
      'a checkpoint of another size',
      'ledger-checkpoint',
      (text) => text.replace('\n7\n', '\n8\n'),
      ['ledger.checkpoint ledger-checkpoint', 'ledger.proofs ledger-proofs.json'],
    ],
    ['HTML for an SBOM', 'policy-manifest.json', () => '<!doctype html>', ['artifact.form policy-manifest.json']],
    ['another policy', 'policy-manifest.json', (text) => text.replace('"r1"', '"r2"'), ['artifact.form policy-manifest.json']],
    [
      'a key twice',
      'policy-manifest.json',
      (text) => text.replace('"revision"', '"revision": "r0",\n  "revision"'),
      ['artifact.form policy-manifest.json'],
    ],
    [
      'a space for the line end',
      'policy-coverage.json',
      (text) => `${text.trimEnd()} `,
      ['artifact.form policy-coverage.json', 'statement.predicate policy-coverage.json.sigstore.json'],
    ],
    [
      'coverage that does not add up',
      'policy-coverage.json',
      (text) => text.replace('97.5', '99.5'),
      ['artifact.form policy-coverage.json'],
    ],
    ['an SBOM of another kind', 'sbom.cdx.json', (text) => text.replace('CycloneDX', 'Cyclops'), ['artifact.form sbom.cdx.json']],
    [
      'a trust root that trusts somebody',
      'empty-root.json',
      (text) => text.replace('"tlogs":[]', '"tlogs":[{}]'),
      ['artifact.form empty-root.json'],
    ],
  ])('is caught: %s', async (_, name, change, failed) => {
    expect(failuresOf(verify(await resigned(name, change)))).toEqual(failed);
  });

  it.each<[string, (manifest: ReturnType<typeof readJson>) => void, string]>([
    ['lists less than must be there', (manifest) => manifest.artifacts.splice(4, 1), 'manifest.contract manifest.json'],
    ['neither lists nor requires what must be there', withoutProofs, 'manifest.contract manifest.json'],
    ['requires what is not there', (manifest) => manifest.contract.required.push('k6.json'), 'manifest.contract manifest.json'],
    ['admits that something is missing', (manifest) => manifest.contract.missing.push('k6.json'), 'manifest.contract manifest.json'],
    ['says another size', (manifest) => (manifest.artifacts[0].size += 1), 'artifact.digest HOW-TO-VERIFY.md'],
    ['names another provenance', (manifest) => (manifest.provenance = `sha256:${'0'.repeat(64)}`), 'manifest.contract manifest.json'],
    ['calls for no statement about the SBOM', (manifest) => delete manifest.artifacts[8].predicateType, 'manifest.contract manifest.json'],
    ['names another ledger key', (manifest) => (manifest.ledger.verifierKey = 'x+00000000+AAAA'), 'ledger.checkpoint ledger-checkpoint'],
    ['names another root', (manifest) => (manifest.ledger.root = '0'.repeat(64)), 'ledger.checkpoint ledger-checkpoint'],
    ['has its artifacts in another order', (manifest) => manifest.artifacts.reverse(), 'manifest.form manifest.json'],
    ['has a field of its own', (manifest) => (manifest.extra = 1), 'manifest.form manifest.json'],
  ])('is caught: a manifest that %s', (_, change, failed) => {
    const folder = copy(unsigned);
    const manifest = readJson(join(folder, 'manifest.json'));
    change(manifest);
    writeFileSync(join(folder, 'manifest.json'), Buffer.concat([canonicalBytes(manifest), Buffer.from('\n')]));
    expect(failuresOf(verify(folder))).toContain(failed);
  });

  it.each(['../manifest.json', 'a/b', '.hidden', 'manifest.json', 'x.sigstore.json', 'naïve'])(
    'is caught: a manifest that lists `%s`',
    (name) => {
      const folder = copy(unsigned);
      const manifest = readJson(join(folder, 'manifest.json'));
      manifest.artifacts.push({ name, sha256: '0'.repeat(64), size: 1, mediaType: 'text/plain' });
      manifest.artifacts.sort((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1));
      writeFileSync(join(folder, 'manifest.json'), Buffer.concat([canonicalBytes(manifest), Buffer.from('\n')]));
      expect(failuresOf(verify(folder))).toContain('manifest.form manifest.json');
    },
  );

  it('is caught: the provenance of another release', async () => {
    const folder = await resigned(
      'provenance.json',
      (text) => text.replace('v1.2.3', 'v1.2.2'),
      (manifest) => {
        manifest.provenance = `sha256:${manifest.artifacts.find((item: { name: string }) => item.name === 'provenance.json').sha256}`;
      },
    );
    expect(failuresOf(verify(folder))).toEqual(['artifact.form provenance.json']);
  });

  it('is caught: decisions of a ledger with the same name but another history', async () => {
    const rewritten = entries.map((entry, index) =>
      index === 2 ? { decision: decision(2, { result: 'ALLOW', ruleId: 'ig.other' }) } : entry,
    );
    const { folder } = await writeSigned(join(root.path, 'rewritten'), {}, rewritten);
    const later = copy(unsigned);
    cpSync(join(folder, 'ledger-proofs.json'), join(later, 'ledger-proofs.json'));
    const failed = failuresOf(verify(later));
    expect(failed).toContain('ledger.proofs ledger-proofs.json');
  });
});

function publicKeyOn(namedCurve: string): string {
  return generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'pem', type: 'spki' }).toString();
}

describe('verifying cannot begin', () => {
  const request = () => ({ folder: signed.folder, keyFile: signed.publicKeyFile });
  it.each<[string, () => Parameters<typeof verifyBundle>[0], string]>([
    ['without the folder', () => ({ ...request(), folder: join(root.path, 'none') }), 'evidence.verify.folder_unreadable'],
    ['without the key', () => ({ ...request(), keyFile: join(root.path, 'none') }), 'evidence.verify.key_unreadable'],
    ['without the ledger key', () => ({ ...request(), ledgerKeyFile: join(root.path, 'none') }), 'evidence.verify.key_unreadable'],
    ['with a private key', () => ({ ...request(), keyFile: signed.keyFile }), 'evidence.verify.key_malformed'],
    [
      'with a key on another curve',
      () => ({ ...request(), keyFile: write(join(root.path, 'p384.pub'), publicKeyOn('P-384')) }),
      'evidence.verify.key_malformed',
    ],
    ['with a key that is none', () => ({ ...request(), keyFile: signed.request.coverageFile }), 'evidence.verify.key_malformed'],
  ])('%s', (_, bad, code) => {
    expect(() => verifyBundle(bad())).toThrow(expect.objectContaining({ code }));
  });

  it('but an empty folder is a bundle that fails', () => {
    const folder = join(root.path, 'empty');
    mkdirSync(folder);
    expect(failuresOf(verify(folder))).toEqual(['manifest.signature manifest.sigstore.json', 'manifest.form manifest.json']);
    writeExport(folder, entries);
    expect(verify(folder).ok).toBe(false);
  });
});
