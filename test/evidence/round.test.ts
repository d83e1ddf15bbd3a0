import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type BuildRequest, buildBundle, contentOf, deltaBundle, openSigner, packBundle, signBundle } from '../../src/evidence/index.ts';
import { kinds } from '../../src/evidence/kinds/index.ts';
import { verifyBundle } from '../../src/evidence/verify/index.ts';
import { action, EPOCH, entries, logKey, type Told, temporaryFolder, write, writeExport, writeInputs, writeSigned } from './fixture.ts';

const root = temporaryFolder();
afterAll(() => root.remove());
const ledgerKeyFile = write(join(root.path, 'log.vkey'), `${logKey}\n`);

type Report = Awaited<ReturnType<typeof verifyBundle>>;

/** What failed, and that something was looked at. */
function failuresOf({ checks }: Report): string[] {
  expect(checks.length).toBeGreaterThan(20);
  return checks.filter(({ ok }) => !ok).map(({ check, subject, detail }) => `${check} ${subject}: ${detail}`);
}

describe('what is built and signed verifies', () => {
  it('as a folder and as an archive, which are the same', async () => {
    const { folder, publicKeyFile } = await writeSigned(join(root.path, 'plain'));
    const asked = { keyFiles: [publicKeyFile], ledgerKeyFile, release: 'v1.2.3' };
    const report = await verifyBundle({ bundle: folder, ...asked });
    expect(failuresOf(report)).toEqual([]);
    const { file } = await packBundle(folder);
    const packed = await verifyBundle({ bundle: file, ...asked });
    expect(failuresOf(packed)).toEqual([]);
    expect(packed.manifest).toBe(report.manifest);
    expect(packed.requirements).toEqual(report.requirements);
  });

  it('with a registration, a waiver and a release before', async () => {
    const before = await writeSigned(join(root.path, 'before'));
    const folder = join(root.path, 'after');
    const previousManifestFile = join(before.folder, 'manifest.json');
    const waiver = { release: 'v1.2.4', requirement: 'k6', reason: 'the load lab is closed', expiresAt: '2026-02-01T00:00:00.000Z' };
    const waived: Told = action('evidence.waive', waiver);
    const inputs = writeInputs(folder, [...entries, waived]);
    const contractFile = write(join(folder, 'strict.yaml'), strict);
    const change: Partial<BuildRequest> = { release: 'v1.2.4', previousManifestFile, contractFile };
    const registered = await contentOf({ ...inputs, ...change });
    const ledgerExport = writeExport(join(folder, 'registered'), [...entries, waived, action('evidence.built', { ...registered })]);
    await buildBundle({ ...inputs, ...change, ledgerExport });
    await signBundle({ folder: inputs.out, signer: await openSigner({ key: before.keyFile }) });
    const report = await verifyBundle({
      bundle: inputs.out,
      keyFiles: [before.publicKeyFile],
      ledgerKeyFile,
      contractFile,
      previous: before.folder,
    });
    expect(failuresOf(report)).toEqual([]);
    expect(report.requirements.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['ledger-built', 'met'],
      ['k6', 'waived'],
      ['sbom-cyclonedx', 'met'],
    ]);
  });

  it('with a real file of every kind, which builder and verifier read alike', async () => {
    const fixtures = join(import.meta.dirname, '../fixtures/evidence');
    const items = kinds.flatMap(({ name, file }) =>
      readdirSync(join(fixtures, name))
        .filter((input) => input !== 'machine-readable.json') // a k6 summary that is refused
        .map((input, index) => ({
          kind: name,
          file: join(fixtures, name, input),
          name: index === 0 ? file : `n${index}-${file}`,
        })),
    );
    expect(new Set(items.map(({ kind }) => kind)).size).toBe(17);
    const extra = items.filter(({ kind, name }) => kind !== 'provenance' || name === 'provenance.json');
    const { folder, publicKeyFile } = await writeSigned(join(root.path, 'every'), {
      items: extra,
      contractFile: write(join(root.path, 'lenient.yaml'), lenient),
    });
    expect(failuresOf(await verifyBundle({ bundle: folder, keyFiles: [publicKeyFile], ledgerKeyFile }))).toEqual([]);
  });

  it('as a chain of deltas, together with what they change', async () => {
    const base = await writeSigned(join(root.path, 'base'));
    const { policyDir, contractFile } = base.request;
    const ledgerExport = writeExport(join(root.path, 'longer'), [...entries, { later: true }]);
    const chain = [base.folder];
    for (const [index, text] of ['first', 'second'].entries()) {
      const items = [{ kind: 'file', file: write(join(root.path, text, 'notes.txt'), text) }];
      const out = join(root.path, `delta-${index}`);
      const sourceDateEpoch = String(Number(EPOCH) + 60 * index);
      await deltaBundle({ parent: chain.at(-1) ?? '', items, ledgerExport, ledgerKeyFile, policyDir, contractFile, sourceDateEpoch, out });
      await signBundle({ folder: out, signer: await openSigner({ key: base.keyFile }) });
      chain.push(out);
    }
    const [bundle = '', ...parents] = chain.toReversed();
    const report = await verifyBundle({ bundle, parents, keyFiles: [base.publicKeyFile], ledgerKeyFile });
    expect(failuresOf(report)).toEqual([]);
    const alone = await verifyBundle({ bundle, keyFiles: [base.publicKeyFile], ledgerKeyFile });
    expect(alone.ok).toBe(false);
  });
});

const lenient = 'format: 1\nreleases:\n  standard:\n    - { item: provenance }\n';

const strict = `format: 1
releases:
  standard:
    - { item: ledger-built }
    - { item: k6, assert: { thresholdsFailed: { max: 0 } }, obtain: run k6 }
    - { item: sbom-cyclonedx }
`;
