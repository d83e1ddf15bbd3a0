import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodedError, canonicalBytes, digestOf, type JsonObject } from '../../../src/core/index.ts';
import { deltaBundle } from '../../../src/evidence/index.ts';
import {
  type BundleSource,
  folderSource,
  type Report,
  readPolicy,
  type VerifyRequest,
  verifyBundle,
  verifySignatures,
} from '../../../src/evidence/verify/index.ts';
import { EPOCH, readJson, temporaryFolder, write } from '../fixture.ts';
import { rewrite } from './insider.ts';
import { makeReleases, type Releases, sign } from './releases.ts';

const root = temporaryFolder();
let made: Releases;
let count = 0;
beforeAll(async () => {
  made = await makeReleases(join(root.path, 'made'));
});
afterAll(() => root.remove());

function copy(folder: string = made.small): string {
  count += 1;
  const target = join(root.path, `${count}`);
  cpSync(folder, target, { recursive: true });
  return target;
}

const held = () => ({ keyFiles: [made.key.publicKeyFile], ledgerKeyFile: made.ledgerKeyFile });
const verify = (bundle: VerifyRequest['bundle'], more: Partial<VerifyRequest> = {}) => verifyBundle({ bundle, ...held(), ...more });
const failuresOf = ({ checks }: Report) => checks.filter(({ ok }) => !ok).map(({ check, subject }) => `${check} ${subject}`);
const document = (value: JsonObject) => Buffer.concat([canonicalBytes(value), Buffer.from('\n')]);

describe('what lies where a signature does is one', () => {
  it('by anybody, or the bundle is none', async () => {
    const folder = copy();
    write(join(folder, 'manifest.2.sigstore.json'), '<script>anything at all</script>');
    expect(failuresOf(await verify(folder))).toEqual(['manifest.signature manifest.json']);
  });

  it('over this manifest', async () => {
    const folder = copy();
    cpSync(join(made.other, 'manifest.sigstore.json'), join(folder, 'manifest.3.sigstore.json'));
    expect(failuresOf(await verify(folder))).toEqual(['manifest.signature manifest.json']);
  });

  it('also where a good one lies beside it', async () => {
    const folder = copy();
    renameSync(join(folder, 'manifest.sigstore.json'), join(folder, 'manifest.2.sigstore.json'));
    write(join(folder, 'manifest.sigstore.json'), '{}\n');
    expect(failuresOf(await verify(folder))).toEqual(['manifest.signature manifest.json']);
  });
});

describe('lists without an end are not looked at', () => {
  it.each([
    ['artifacts', (manifest: JsonObject) => ({ ...manifest, artifacts: Array(10_001).fill(0) })],
    [
      'requirements',
      (manifest: JsonObject) => ({ ...manifest, contract: { ...Object(manifest['contract']), required: Array(10_001).fill(0) } }),
    ],
  ])('of %s', async (_what, change) => {
    const folder = copy();
    writeFileSync(join(folder, 'manifest.json'), document(change(readJson(join(folder, 'manifest.json')))));
    const found = (await verify(folder)).checks.find(({ check }) => check === 'manifest.form');
    expect(found?.detail).toMatch(/^✖ Too big: expected array to have <=10000 items .{0,40}$/);
  });

  it('and of many things that are wrong a few are told', async () => {
    const folder = copy();
    rewrite(folder, 'manifest.json', (manifest) => Object.assign(manifest, { artifacts: Array(10_000).fill(0) }));
    const found = (await verify(folder)).checks.find(({ check }) => check === 'manifest.form');
    expect(found?.detail.match(/✖/g)).toHaveLength(3);
  });

  it('nor is a manifest of more than 4 MiB', async () => {
    const folder = copy();
    writeFileSync(join(folder, 'manifest.json'), Buffer.alloc(4 * 2 ** 20 + 1, ' '));
    const found = (await verify(folder)).checks.find(({ check }) => check === 'manifest.form');
    expect(found?.detail).toBe('`manifest.json` has 4194305 bytes, 4194304 are the most');
  });
});

describe('a statement of somebody unknown', () => {
  const envelopeOf = (folder: string) => readJson(join(folder, 'tests.json.sigstore.json'));

  it('is not parsed beyond its signature when it is long', async () => {
    const folder = copy();
    const statement = envelopeOf(folder);
    const payload = Buffer.from(JSON.stringify({ predicate: Array(40_000).fill({}) })).toString('base64');
    const hint = statement.verificationMaterial.publicKey.hint;
    const junk = { ...statement, dsseEnvelope: { ...statement.dsseEnvelope, payload } };
    writeFileSync(join(folder, 'tests.json.sigstore.json'), document(junk));
    const { checks } = await verify(folder, { keyFiles: [made.stranger.publicKeyFile] });
    expect(checks.filter(({ subject }) => subject === 'tests.json.sigstore.json')).toEqual([
      { check: 'statement.form', subject: 'tests.json.sigstore.json', ok: false, detail: `it is signed by another key (${hint})` },
    ]);
  });

  it('is no bundle of signatures when it has members without an end', async () => {
    const folder = copy();
    writeFileSync(join(folder, 'tests.json.sigstore.json'), document({ ...envelopeOf(folder), more: Array(3_000).fill({}) }));
    const found = (await verify(folder)).checks.find(({ ok }) => !ok);
    expect(found).toMatchObject({ check: 'statement.form', detail: 'it has more members than a sigstore bundle has' });
  });

  it('has no more bytes than what it is about allows', async () => {
    const folder = copy();
    const file = join(folder, 'tests.json.sigstore.json');
    const { size } = readJson(join(folder, 'manifest.json')).artifacts.find(({ name }: { name: string }) => name === 'tests.json');
    writeFileSync(file, Buffer.alloc(2 * size + 2 ** 20 + 1, ' '));
    const found = (await verify(folder)).checks.find(({ ok }) => !ok);
    expect(found?.detail).toBe(`\`tests.json.sigstore.json\` has ${2 * size + 2 ** 20 + 1} bytes, ${2 * size + 2 ** 20} are the most`);
  });
});

describe('behind a delta', () => {
  it('the log is held against the release before as well', async () => {
    const forked = readJson(join(made.small, 'manifest.json'));
    const previous = document({ ...forked, ledger: { ...forked.ledger, root: '00'.repeat(32) } });
    expect(failuresOf(await verify(made.first, { parents: [made.incomplete], previous }))).toEqual([
      'ledger.consistency parent 0: ledger-proofs.json',
      'chain.previous manifest.json',
    ]);
  });

  it('a statement about what was replaced does not count', async () => {
    const out = join(root.path, 'replaced');
    const items = [{ kind: 'file', file: write(join(root.path, 'sbom.cdx.json'), 'no SBOM at all') }];
    const { ledgerKeyFile, contractFile } = made;
    const policyDir = join(root.path, 'made/small/policy');
    const request = {
      parent: made.incomplete,
      items,
      ledgerExport: join(root.path, 'made/first/export'),
      ledgerKeyFile,
      contractFile,
      out,
    };
    await deltaBundle({ ...request, policyDir, sourceDateEpoch: String(Number(EPOCH) + 86_400) });
    await sign(out, made.key);
    const keys = `signers: { keys: [{ file: ${made.key.publicKeyFile} }] }`;
    const policy = readPolicy(write(join(root.path, 'required.yaml'), `format: 1\n${keys}\nrequired: [https://cyclonedx.org/bom]\n`));
    expect(failuresOf(await verify(out, { parents: [made.incomplete], policy, keyFiles: [] }))).toEqual([
      'contract.met verdict.json',
      'policy.required statements',
    ]);
  });
});

describe('the signatures alone', () => {
  /** A folder of which it is told what was opened. */
  function watched(folder: string): { source: BundleSource; opened: Set<string> } {
    const opened = new Set<string>();
    const source = folderSource(folder);
    const files: BundleSource['files'] = async function* (reading) {
      for await (const file of source.files(reading))
        yield {
          ...file,
          chunks: () => {
            opened.add(file.name);
            return file.chunks();
          },
        };
    };
    return { source: { ...source, size: () => source.size(), files }, opened };
  }

  it('say who signed, and nothing else is read', async () => {
    const { source, opened } = watched(made.small);
    expect(await verifySignatures({ bundle: source, ...held() })).toMatchObject({ check: 'manifest.signature', ok: true });
    expect([...opened].toSorted()).toEqual(['manifest.json', 'manifest.sigstore.json']);
  });

  it('are refused as a whole verification refuses them', async () => {
    const changed = copy();
    rewrite(changed, 'manifest.json', (manifest) => Object.assign(manifest, { release: 'v6.6.6' }));
    const unsigned = copy();
    rmSync(join(unsigned, 'manifest.sigstore.json'));
    const bare = copy();
    rmSync(join(bare, 'manifest.json'));
    for (const folder of [changed, unsigned, bare, made.small]) {
      const more = folder === made.small ? { keyFiles: [made.stranger.publicKeyFile] } : {};
      const whole = (await verify(folder, more)).checks.find(({ check }) => check === 'manifest.signature');
      expect(await verifySignatures({ bundle: folder, ...held(), ...more })).toEqual(whole);
      expect(whole?.ok).toBe(false);
    }
  });
});

it('that a place cannot be read now is no failed check: whoever keeps it may have it again in a minute', async () => {
  class StoreError extends CodedError<'store.away'> {}
  const source = folderSource(made.small);
  const chunks = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.alloc(0);
    throw new StoreError('store.away', 'not now');
  };
  const without = (name: string): BundleSource => ({
    ...source,
    size: () => source.size(),
    files: async function* (reading) {
      for await (const file of source.files(reading)) yield file.name === name ? { ...file, chunks } : file;
    },
  });
  for (const name of ['manifest.json', 'manifest.sigstore.json', 'tests.json', 'tests.json.sigstore.json'])
    await expect(verify(without(name))).rejects.toThrow(StoreError);
  for (const name of ['manifest.json', 'manifest.sigstore.json'])
    await expect(verifySignatures({ bundle: without(name), ...held() })).rejects.toThrow(StoreError);
});

it('a bundle is what it was asked for, or a check fails', async () => {
  const manifest = digestOf(readFileSync(join(made.small, 'manifest.json')));
  expect(failuresOf(await verify(made.small, { manifest, release: 'v1.2.3' }))).toEqual([]);
  for (const asked of [{ manifest: `sha256:${'00'.repeat(32)}` }, { release: 'v1.2.4' }])
    expect(failuresOf(await verify(made.small, asked))).toEqual(['manifest.subject manifest.json']);
});
