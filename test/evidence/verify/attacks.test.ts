import { cpSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/core/index.ts';
import { openSigner } from '../../../src/evidence/index.ts';
import { EPOCH, readJson, temporaryFolder, write } from '../fixture.ts';
import { gzipOf, type Member, membersOf, tarOf } from './archives.ts';
import { type InsiderChange, insiderCopy, type Manifest, rewrite, statementOf } from './insider.ts';
import { listing } from './listing.ts';
import { EXPIRED_SEQ, FOREIGN_SEQ, makeReleases, type Releases, sign } from './releases.ts';
import { unpackByCommand, verifyByCommand } from './run-command.ts';

const root = temporaryFolder();
let made: Releases;
let sandbox: string;
let count = 0;

beforeAll(async () => {
  made = await makeReleases(join(root.path, 'made'));
});
afterAll(() => root.remove());
afterEach(() => rmSync(sandbox, { recursive: true }));

/** What is attacked lies alone in a sandbox of its own. */
function place(name: string): string {
  count += 1;
  sandbox = join(root.path, `sandbox-${count}`);
  mkdirSync(sandbox);
  return join(sandbox, name);
}

function copy(from: string): string {
  const folder = place('bundle');
  cpSync(from, folder, { recursive: true });
  return folder;
}

const insider = (change: InsiderChange, from = made.small) => insiderCopy(from, place('bundle'), made.key.privateKeyFile, change);

function edit(folder: string, name: string, from: string, to: string): string {
  const before = readFileSync(join(folder, name), 'utf8');
  expect(before).toContain(from);
  writeFileSync(join(folder, name), before.replace(from, to));
  return folder;
}

/** Verifies with all that the verifier holds; nothing may have been written, and the exit code is 1. */
async function failures(bundle: string, more: readonly string[] = []): Promise<string[]> {
  const before = listing(sandbox);
  const held = ['--key', made.key.publicKeyFile, '--ledger-key', made.ledgerKeyFile];
  const { code, report, failed } = await verifyByCommand([bundle, ...(more.includes('--policy') ? held.slice(2) : held), ...more]);
  expect({ code, ok: report.ok }).toEqual({ code: 1, ok: false });
  expect(listing(sandbox)).toEqual(before);
  return failed;
}

const attested = [
  'decision-log.jsonl',
  'erasure-log.jsonl',
  'access-log.jsonl',
  'policy-coverage.json',
  'provenance.json',
  'sbom.cdx.json',
  'tests.json',
  'verdict.json',
];
const statements = [...attested, 'manifest.att.json'].map((name) => `${name.replace('manifest.att.json', 'manifest.att')}.sigstore.json`);
/** What a delta of notes takes over. */
const inherited = ['policy-coverage.json', 'provenance.json', 'sbom.cdx.json', 'tests.json'];
const all = (check: string) => statements.map((name) => `${check} ${name}`);

type Row = readonly [what: string, attack: () => string | Promise<string>, failed: readonly string[], more?: () => readonly string[]];

const fromOutside: readonly Row[] = [
  [
    'an item removed',
    () => {
      const folder = copy(made.small);
      rmSync(join(folder, 'sbom.cdx.json'));
      return folder;
    },
    ['files.complete bundle', 'artifact.digest sbom.cdx.json'],
  ],
  [
    'an item removed with its statement, and from the list',
    () => {
      const folder = copy(made.small);
      for (const name of ['tests.json', 'tests.json.sigstore.json']) rmSync(join(folder, name));
      rewrite(folder, 'manifest.json', (manifest: Manifest) => {
        manifest.artifacts = manifest.artifacts.filter(({ name }: Manifest) => name !== 'tests.json');
      });
      return folder;
    },
    [
      'manifest.signature manifest.json',
      ...all('statement.subject').filter((line) => !line.includes('tests.json')),
      'statement.predicate manifest.att.sigstore.json',
      'contract.verdict verdict.json',
      'contract.met verdict.json',
    ],
  ],
  ['a signature removed', () => without('manifest.sigstore.json'), ['manifest.signature manifest.json', 'files.complete bundle']],
  ['a statement removed', () => without('verdict.json.sigstore.json'), ['files.complete bundle']],
  [
    'an item swapped for that of another release',
    () => {
      const folder = copy(made.small);
      cpSync(join(made.other, 'provenance.json'), join(folder, 'provenance.json'));
      return folder;
    },
    ['artifact.digest provenance.json', 'artifact.form provenance.json'],
  ],
  ['an item edited', () => edit(copy(made.small), 'tests.json', '"one"', '"uno"'), ['artifact.digest tests.json']],
  [
    'the manifest edited',
    () => edit(copy(made.small), 'manifest.json', '"modified":null', '"modified":true'),
    ['manifest.signature manifest.json', ...all('statement.subject'), 'statement.predicate manifest.att.sigstore.json'],
  ],
  [
    'a statement edited',
    () => {
      const folder = copy(made.small);
      rewrite(folder, 'tests.json.sigstore.json', ({ dsseEnvelope }) => {
        const text = Buffer.from(dsseEnvelope.payload, 'base64').toString();
        dsseEnvelope.payload = Buffer.from(text.replace('"tests":2', '"tests":9')).toString('base64');
      });
      return folder;
    },
    ['statement.signature tests.json.sigstore.json', 'statement.predicate tests.json.sigstore.json'],
  ],
  [
    'signatures of another key',
    () => insiderCopy(made.small, place('bundle'), made.stranger.privateKeyFile, {}),
    ['manifest.signature manifest.json', ...all('statement.signature')],
  ],
  [
    'signatures of another key under the hint of the right one',
    async () => {
      const folder = await insiderCopy(made.small, place('bundle'), made.stranger.privateKeyFile, {});
      const hintIn = (file: string) => readJson(join(file, 'manifest.sigstore.json')).verificationMaterial.publicKey.hint;
      const [wrong, right] = [hintIn(folder), hintIn(made.small)];
      for (const name of ['manifest.sigstore.json', ...statements]) edit(folder, name, wrong, right);
      return folder;
    },
    ['manifest.signature manifest.json', ...all('statement.signature')],
  ],
  [
    'a delta replayed on another bundle of the release',
    () => copy(made.first),
    ['chain.parent manifest.json', ...inherited.map((name) => `artifact.digest ${name}`)],
    () => ['--parent', made.other],
  ],
  [
    'an older delta after a newer one',
    () => copy(made.first),
    ['chain.parent manifest.json', ...inherited.map((name) => `artifact.digest parent 2: ${name}`)],
    () => ['--parent', made.second, '--parent', made.incomplete],
  ],
  [
    'the delta before passed over',
    () => copy(made.second),
    ['chain.parent manifest.json', ...inherited.map((name) => `artifact.digest ${name}`)],
    () => ['--parent', made.incomplete],
  ],
  [
    'an inherited item changed in the parent',
    () => {
      const parent = copy(made.incomplete);
      cpSync(made.first, join(sandbox, 'delta'), { recursive: true });
      edit(parent, 'tests.json', '"one"', '"uno"');
      return join(sandbox, 'delta');
    },
    ['artifact.digest parent 0: tests.json', 'artifact.digest tests.json'],
    () => ['--parent', join(sandbox, 'bundle')],
  ],
  ['a bundle of another release', () => copy(made.small), ['manifest.subject manifest.json'], () => ['--release', 'v1.2.4']],
  [
    'a bundle of another commit',
    () => copy(made.small),
    ['manifest.subject manifest.json'],
    () => ['--commit', 'c0ffee0123456789c0ffee0123456789c0ffee02'],
  ],
  [
    'a key twice in the manifest',
    () => edit(copy(made.small), 'manifest.json', '"release"', '"release":"v9.9.9","release"'),
    ['manifest.signature manifest.json', 'manifest.form manifest.json'],
  ],
  [
    'a key twice in a signature',
    () => edit(copy(made.small), 'manifest.sigstore.json', '"mediaType"', '"mediaType":"x","mediaType"'),
    ['manifest.signature manifest.json'],
  ],
  [
    'a key twice in a statement',
    () => edit(copy(made.small), 'tests.json.sigstore.json', '"mediaType"', '"mediaType":"x","mediaType"'),
    ['statement.form tests.json.sigstore.json'],
  ],
  [
    'a file more',
    () => {
      const folder = copy(made.small);
      writeFileSync(join(folder, 'README.txt'), 'run this');
      return folder;
    },
    ['files.unlisted bundle'],
  ],
  [
    'a symbolic link to the right bytes',
    () => {
      const folder = copy(made.small);
      rmSync(join(folder, 'tests.json'));
      symlinkSync(join(made.small, 'tests.json'), join(folder, 'tests.json'));
      return folder;
    },
    ['files.plain folder', 'files.complete bundle', 'artifact.digest tests.json', 'statement.predicate tests.json.sigstore.json'],
  ],
  [
    'a folder, and a name that is not plain',
    () => {
      const folder = copy(made.small);
      mkdirSync(join(folder, 'more'));
      linkSync(join(folder, 'tests.json'), join(folder, '.hidden'));
      return folder;
    },
    ['files.plain folder'],
  ],
  [
    'a release that follows another one',
    () => copy(made.next),
    ['ledger.consistency ledger-proofs.json', 'chain.previous manifest.json'],
    () => ['--previous', made.registered],
  ],
  [
    'a first release said to follow one',
    () => copy(made.small),
    ['ledger.consistency ledger-proofs.json', 'chain.previous manifest.json'],
    () => ['--previous', made.other],
  ],
  ['a bundle of long ago', () => copy(made.small), ['policy.age manifest.json'], () => ['--max-age-days', '30']],
];

function without(name: string): string {
  const folder = copy(made.small);
  rmSync(join(folder, name));
  return folder;
}

describe('from outside', () => {
  for (const [what, attack, failed, more] of fromOutside) {
    it(what, async () => {
      expect((await failures(await attack(), more?.())).toSorted()).toEqual([...failed].toSorted());
    });
  }
});

/** Has the verdict of `incomplete` say that the missing notes are waived by an entry of the log. */
const waivedBy = (seq: number, expiresAt: string): InsiderChange => ({
  files: (folder) => {
    const { proofs } = readJson(join(folder, 'ledger-proofs.json'));
    const entry = JSON.parse(proofs.find((proof: Manifest) => proof.seq === seq).leaf);
    const waiver = { seq, entryId: entry.id, owner: 'owner-1', reason: 'next week', expiresAt };
    rewrite(folder, 'verdict.json', (verdict) => {
      verdict.result = 'PASSED';
      Object.assign(verdict.requirements[1], { outcome: 'waived', waiver });
    });
  },
  manifest: (manifest) => Object.assign(manifest.contract, { verdict: 'PASSED', missing: [] }),
});
const unwaived = ['contract.verdict verdict.json', 'contract.waivers verdict.json', 'contract.met verdict.json'];

const failedTests = (folder: string) =>
  rewrite(folder, 'tests.json', (tests) => {
    tests.suites[0].cases[0].outcome = 'failed';
  });
const record = (manifest: Manifest, name: string) => manifest.artifacts.find((item: Manifest) => item.name === name);

const fromInside: readonly Row[] = [
  ['a downgraded contract', downgraded, ['contract.expected contract.json'], () => ['--contract', made.contractFile]],
  ['a waiver that has expired', () => insider(waivedBy(EXPIRED_SEQ, '2025-12-31T00:00:00.000Z'), made.incomplete), unwaived],
  ['a waiver of another release', () => insider(waivedBy(FOREIGN_SEQ, '2027-01-01T00:00:00.000Z'), made.incomplete), unwaived],
  ['a waiver that the log does not have', () => insider(waivedBy(1, '2027-01-01T00:00:00.000Z'), made.incomplete), unwaived],
  [
    'PASSED over a failed item',
    () =>
      insider({
        files: failedTests,
        manifest: (manifest) => Object.assign(record(manifest, 'tests.json').summary, { failed: 1 }),
      }),
    ['contract.verdict verdict.json', 'contract.met verdict.json'],
  ],
  [
    'a summary that lies',
    () => insider({ files: failedTests }),
    ['artifact.form tests.json', 'statement.predicate tests.json.sigstore.json'],
  ],
  [
    'PASSED in the manifest over FAILED in the verdict',
    () => insider({ manifest: (manifest) => Object.assign(manifest.contract, { verdict: 'PASSED', missing: [] }) }, made.incomplete),
    ['contract.verdict verdict.json', 'contract.met verdict.json'],
  ],
  [
    'an item that must be there, neither listed nor there',
    () => withoutPart('ledger-proofs.json'),
    ['files.complete bundle', 'ledger.proofs ledger-proofs.json'],
  ],
  [
    'no decision log',
    () => withoutPart('decision-log.jsonl'),
    ['files.complete bundle', 'contract.verdict verdict.json', 'contract.met verdict.json', 'ledger.proofs ledger-proofs.json'],
  ],
  ['no access log', () => withoutPart('access-log.jsonl'), ['files.complete bundle']],
  ['no erasure log', () => withoutPart('erasure-log.jsonl'), ['files.complete bundle']],
  [
    'a release of 101 characters',
    () => insider({ manifest: (manifest) => Object.assign(manifest, { release: `v1.2.3-${'a'.repeat(94)}` }) }),
    ['manifest.form manifest.json'],
  ],
  [
    'an item named twice',
    () => insider({ manifest: (manifest) => manifest.artifacts.push(manifest.artifacts.at(-1)) }),
    ['manifest.form manifest.json'],
  ],
  [
    'a decision turned',
    () => insider({ files: (folder) => edit(folder, 'decision-log.jsonl', '"result":"DENY"', '"result":"ALLOW"') }),
    ['artifact.form decision-log.jsonl', 'ledger.decisions ledger-proofs.json'],
  ],
  [
    'a decision left out',
    () =>
      insider({
        files: (folder) =>
          writeFileSync(join(folder, 'decision-log.jsonl'), firstLineLeftOut(readFileSync(join(folder, 'decision-log.jsonl'), 'utf8'))),
      }),
    ['artifact.form decision-log.jsonl', 'ledger.proofs ledger-proofs.json'],
  ],
  [
    'a statement about another bundle',
    async () => {
      const folder = copy(made.small);
      const signer = await openSigner({ key: made.key.privateKeyFile });
      const subject = [{ name: 'manifest.json', digest: { sha256: digestOf(readFileSync(join(made.other, 'manifest.json'))).slice(7) } }];
      const statement = statementOf(subject, 'https://cyclonedx.org/bom', readJson(join(folder, 'sbom.cdx.json')));
      writeFileSync(join(folder, 'sbom.cdx.json.sigstore.json'), await signer.signStatement(statement));
      return folder;
    },
    ['statement.subject sbom.cdx.json.sigstore.json'],
  ],
  [
    'a statement of another type',
    async () => {
      const folder = copy(made.small);
      const signer = await openSigner({ key: made.key.privateKeyFile });
      const subject = [{ name: 'manifest.json', digest: { sha256: digestOf(readFileSync(join(folder, 'manifest.json'))).slice(7) } }];
      const statement = statementOf(subject, 'https://spdx.dev/Document', readJson(join(folder, 'sbom.cdx.json')));
      writeFileSync(join(folder, 'sbom.cdx.json.sigstore.json'), await signer.signStatement(statement));
      return folder;
    },
    ['statement.predicate-type sbom.cdx.json.sigstore.json'],
  ],
  [
    'a registration of other contents',
    () => insider({ files: (folder) => edit(folder, 'tests.json', '"one"', '"uno"') }, made.registered),
    ['ledger.built ledger-proofs.json'],
  ],
  withPage('a script', '</body>', '<script>fetch("/")</script></body>'),
  withPage('a handler behind a bracket', '</body>', '<p title=">" onmouseover="alert(1)"></p></body>'),
  withPage('a script as a link behind a bracket', '</body>', '<a title=">" href="javascript:alert(1)">x</a></body>'),
  withPage('a refresh in other letters', '<title>', '<meta http-equiv="&#114;efresh" content="0;url=https://example.com"><title>'),
  withPage('an escaped function in its style', '<style>', '<style>body{background:u\\72l(https://example.com/a)}'),
  withPage('an image of a set', '<style>', '<style>body{background:image-set("https://example.com/a" 1x)}'),
  [
    'a trust root that trusts somebody',
    () => insider({ files: (folder) => edit(folder, 'empty-root.json', '"tlogs":[]', '"tlogs":[{}]') }),
    ['artifact.form empty-root.json'],
  ],
  [
    'a revoked key',
    () => copy(made.small),
    ['policy.revoked signatures'],
    () => ['--policy', policy([`{ file: ${made.key.publicKeyFile}, revokedAt: 2026-02-01T00:00:00Z, reason: laptop stolen }`])],
  ],
  [
    'a key revoked before the ledger had the bundle',
    () => copy(made.registered),
    ['policy.revoked signatures'],
    () => ['--policy', policy([`{ file: ${made.key.publicKeyFile}, revokedAt: 2025-12-31T00:00:00Z, reason: laptop stolen }`])],
  ],
  [
    'a key that had ended',
    () => copy(made.small),
    ['manifest.signature manifest.json', ...all('statement.signature')],
    () => ['--policy', policy([`{ file: ${made.key.publicKeyFile}, validUntil: 2025-12-31T00:00:00Z }`])],
  ],
  [
    'one signer where two must be',
    () => copy(made.small),
    ['manifest.signature manifest.json'],
    () => ['--policy', policy([`{ file: ${made.key.publicKeyFile} }`, `{ file: ${made.stranger.publicKeyFile} }`], 2)],
  ],
  [
    'the second signature a copy of the first',
    () => {
      const folder = copy(made.small);
      cpSync(join(folder, 'manifest.sigstore.json'), join(folder, 'manifest.2.sigstore.json'));
      return folder;
    },
    ['manifest.signature manifest.json'],
    () => ['--policy', policy([`{ file: ${made.key.publicKeyFile} }`, `{ file: ${made.stranger.publicKeyFile} }`], 2)],
  ],
  [
    'no statement of a type that must be',
    () => copy(made.small),
    ['policy.required statements'],
    () => ['--policy', policy([`{ file: ${made.key.publicKeyFile} }`], 1, 'required: [https://spdx.dev/Document]')],
  ],
];

function withPage(what: string, from: string, to: string): Row {
  const attack = () => insider({ files: (folder) => edit(folder, 'index.html', from, to) });
  return [`a page with ${what}`, attack, ['artifact.form index.html']];
}

function firstLineLeftOut(text: string): string {
  return text.slice(text.indexOf('\n') + 1);
}

/** The signer leaves tests out of the contract, judges and signs. */
function downgraded(): Promise<string> {
  return insider({
    files: (folder) => {
      rewrite(folder, 'contract.json', (contract) => contract.requirements.pop());
      const sha256 = digestOf(readFileSync(join(folder, 'contract.json')));
      rewrite(folder, 'verdict.json', (verdict) => {
        verdict.contract = sha256;
        verdict.requirements.pop();
      });
    },
    manifest: (manifest) => manifest.contract.required.pop(),
  });
}

/** Neither there nor in the manifest. */
async function withoutPart(name: string): Promise<string> {
  const unlisted = (manifest: Manifest) => {
    manifest.artifacts = manifest.artifacts.filter((item: Manifest) => item.name !== name);
  };
  const folder = await insider({ manifest: unlisted });
  rmSync(join(folder, name));
  return folder;
}

function policy(keys: readonly string[], threshold = 1, more = ''): string {
  const lines = keys.map((key) => `    - ${key}`).join('\n');
  return write(join(root.path, `policy-${count}.yaml`), `format: 1\nsigners:\n  threshold: ${threshold}\n  keys:\n${lines}\n${more}\n`);
}

describe('by a signer who signs what is not so', () => {
  for (const [what, attack, failed, more] of fromInside) {
    it(what, async () => {
      expect((await failures(await attack(), more?.())).toSorted()).toEqual([...failed].toSorted());
    });
  }
});

/** `change` of the members of a good archive, or of its bytes. */
function archived(change: (members: Member[]) => Member[], bytes: (tar: Buffer) => Buffer = gzipOf): string {
  const file = place('bundle.tar.gz');
  writeFileSync(file, bytes(tarOf(change(membersOf(made.small)))));
  return file;
}

const seconds = Number(EPOCH);
const extra = (member: Partial<Member>) => (members: Member[]) => [...members, { path: 'evidence-v1.2.3/z', seconds, ...member }];
/** As GNU's tar writes what eleven octal digits do not hold. */
const binary = (value: number) => Buffer.from(`80${value.toString(16).padStart(22, '0')}`, 'hex');
const octal = (value: number) => Buffer.from(`${value.toString(8).padStart(11, '0')}\0`);

const archives: readonly (readonly [what: string, attack: () => string, failed: string])[] = [
  ['a zip-slip name', () => archived(extra({ path: '../../../zip-slip' })), 'archive.name'],
  ['a zip-slip name in the folder', () => archived(extra({ path: 'evidence-v1.2.3/../../zip-slip' })), 'archive.name'],
  ['an absolute name', () => archived(extra({ path: '/tmp/zip-slip' })), 'archive.name'],
  ['a folder in the folder', () => archived(extra({ path: 'evidence-v1.2.3/a/b' })), 'archive.name'],
  ['a name of Windows', () => archived(extra({ path: 'evidence-v1.2.3/..\\z' })), 'archive.name'],
  ['another folder', () => archived(extra({ path: 'evidence-v1.2.4/z' })), 'archive.name'],
  [
    'the folder of another release',
    () => archived((members) => members.map((item) => ({ ...item, path: item.path.replace('3/', '4/') }))),
    'archive.name',
  ],
  [
    'an item named twice',
    () => archived((members) => members.flatMap((item) => (item.path.endsWith('tests.json') ? [item, item] : [item]))),
    'archive.name',
  ],
  ['another order', () => archived((members) => members.toReversed()), 'archive.name'],
  ['a symbolic link', () => archived(extra({ type: '2', link: '/etc/passwd' })), 'archive.type'],
  ['a hard link', () => archived(extra({ type: '1', link: 'evidence-v1.2.3/manifest.json' })), 'archive.type'],
  ['a folder', () => archived(extra({ type: '5' })), 'archive.type'],
  ['a device', () => archived(extra({ type: '3' })), 'archive.type'],
  ['a pax header', () => archived(extra({ type: 'x', content: Buffer.from('30 path=../../../zip-slip\n') })), 'archive.type'],
  ['a long name of GNU', () => archived(extra({ type: 'L', content: Buffer.from('../../../zip-slip\0') })), 'archive.type'],
  ['10 GB declared', () => archived(extra({ sizeField: binary(10_000_000_000) })), 'archive.size'],
  ['a size of GNU', () => archived(extra({ sizeField: binary(0) })), 'archive.size'],
  ['6 GiB declared', () => archived(extra({ sizeField: octal(6 * 2 ** 30) })), 'archive.size'],
  ['more declared than is there', () => archived(extra({ sizeField: octal(2 ** 30) })), 'archive.size'],
  [
    'truncated',
    () =>
      archived(
        (members) => members,
        (tar) => gzipOf(tar).subarray(0, -5_000),
      ),
    'archive.whole',
  ],
  [
    'truncated within the tar',
    () =>
      archived(
        (members) => members,
        (tar) => gzipOf(tar.subarray(0, -1_024)),
      ),
    'archive.whole',
  ],
  [
    'something behind the end',
    () =>
      archived(
        (members) => members,
        (tar) => gzipOf(Buffer.concat([tar, Buffer.alloc(10_240)])),
      ),
    'archive.whole',
  ],
  [
    'something behind the gzip',
    () =>
      archived(
        (members) => members,
        (tar) => Buffer.concat([gzipOf(tar), gzipOf(tar)]),
      ),
    'archive.whole',
  ],
  [
    'a gzip bomb',
    () =>
      archived(
        (members) => members,
        (tar) => gzipSync(Buffer.concat([tar, Buffer.alloc(64 * 2 ** 20)])),
      ),
    'archive.whole',
  ],
  [
    'extra flags of gzip',
    () =>
      archived(
        (members) => members,
        (tar) => withExtraFlags(gzipOf(tar)),
      ),
    'archive.whole',
  ],
  [
    'a bit flipped',
    () =>
      archived(
        (members) => members,
        (tar) => flipped(gzipOf(tar)),
      ),
    'archive.whole',
  ],
  ['an executable', () => archived((members) => members.map((item) => ({ ...item, mode: '0000755\0' }))), 'archive.whole'],
  ['another time', () => archived((members) => members.map((item) => ({ ...item, seconds: seconds + 1 }))), 'archive.whole'],
];

function withExtraFlags(bytes: Buffer): Buffer {
  bytes.writeUInt8(2, 8);
  return bytes;
}

/** One bit of the content of an item. */
function flipped(bytes: Buffer): Buffer {
  const at = bytes.indexOf('HOW-TO-VERIFY.md') + 700;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
}

describe('in an archive', () => {
  it('nothing is wrong with what this table starts from', async () => {
    const file = archived((members) => members);
    expect(readFileSync(file).subarray(0, 10)).toEqual(readFileSync(made.archive).subarray(0, 10));
    const { code, failed } = await verifyByCommand([file, '--key', made.key.publicKeyFile]);
    expect({ code, failed }).toEqual({ code: 0, failed: [] });
  });

  it.each(archives)('%s', async (what, attack, failed) => {
    const file = attack();
    expect(await failures(file)).toEqual([`${failed} archive`]);

    // Unpacking does not read the manifest, which alone tells these from a good one.
    if (what === 'another time' || what === 'the folder of another release') return;
    const before = listing(root.path);
    const { code, error } = await unpackByCommand([file, '--out', join(sandbox, 'out')]);
    expect({ code, error: error?.code }).toEqual({ code: 2, error: 'evidence.unpack.refused' });
    expect(error?.message).toContain(failed);
    // What was begun beside the target is gone: only the time of its folder tells that it was there.
    const others = (lines: string[]) => lines.filter((line) => !line.startsWith(`sandbox-${count} `));
    expect(others(listing(root.path))).toEqual(others(before));
  });
});

it('a second signature of somebody unknown does no harm', async () => {
  const folder = copy(made.small);
  await sign(folder, made.stranger, true);
  const { code, failed } = await verifyByCommand([folder, '--key', made.key.publicKeyFile]);
  expect({ code, failed }).toEqual({ code: 0, failed: [] });
});
