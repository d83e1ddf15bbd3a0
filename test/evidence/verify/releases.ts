import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/core/index.ts';
import {
  type BuildRequest,
  buildBundle,
  contentOf,
  deltaBundle,
  generateKeyPair,
  openSigner,
  packBundle,
  signBundle,
} from '../../../src/evidence/index.ts';
import { action, EPOCH, entries, type Told, write, writeExport, writeInputs } from '../fixture.ts';

/** What the releases of these tests must show. `standard` also asks for notes. */
const contract = `format: 1
releases:
  small:
    - { item: sbom-cyclonedx, obtain: run npm sbom }
    - { item: provenance }
    - { item: decision-log, assert: { decisions: { min: 1 } } }
    - { item: decision-coverage, assert: { lines: { min: 90 } } }
    - { item: junit, assert: { failed: { max: 0 }, tests: { min: 2 } }, obtain: run npm test }
  standard:
    - { item: junit, assert: { failed: { max: 0 } } }
    - { item: file, name: notes.txt, obtain: write the notes }
`;

const junit = `<?xml version="1.0"?><testsuites><testsuite name="unit" timestamp="2026-01-01T00:00:00.000Z">
<testcase classname="a" name="one" time="0.5"/><testcase classname="a" name="two" time="0.25"/></testsuite></testsuites>`;

/** In the log of every release: a waiver that has expired, and one of another release. */
const waive = (release: string, expiresAt: string) =>
  action('evidence.waive', { release, requirement: 'file:notes.txt', reason: 'next week', expiresAt }, { actor: 'owner-1' });
export const EXPIRED_SEQ = entries.length;
export const FOREIGN_SEQ = entries.length + 1;
const told: readonly (JsonObject | Told)[] = [
  ...entries,
  waive('v1.2.3', '2025-12-31T00:00:00.000Z'),
  waive('v1.2.2', '2027-01-01T00:00:00.000Z'),
];

export type Key = { readonly privateKeyFile: string; readonly publicKeyFile: string };

/** Everything that attacks need, made once by the real builder and signer. */
export async function makeReleases(root: string) {
  mkdirSync(root);
  const key = generateKeyPair({ prefix: join(root, 'signer') });
  const stranger = generateKeyPair({ prefix: join(root, 'stranger') });
  const at = (name: string) => join(root, name, 'bundle');
  const inputs = (name: string, change: Partial<BuildRequest> = {}, log = told) => {
    const request = writeInputs(join(root, name), log);
    write(request.contractFile ?? '', contract);
    const items = [...request.items, { kind: 'junit', file: write(join(root, name, 'junit.xml'), junit) }];
    return { ...request, items, kind: 'small', ...change };
  };
  const signed = async (request: BuildRequest & { out: string }) => {
    await buildBundle(request);
    await sign(request.out, key);
    return request.out;
  };
  const small = inputs('small');
  await signed(small);
  const incomplete = await signed(inputs('incomplete', { kind: 'standard' }));
  const other = await signed(inputs('other', { kind: 'standard', commit: 'c0ffee0123456789c0ffee0123456789c0ffee02' }));
  const registered = inputs('registered');
  const { release, kind, content } = await contentOf(registered);
  const log = writeExport(join(root, 'registered/after'), [...told, action('evidence.built', { release, kind, content })]);
  await signed({ ...registered, ledgerExport: log });
  const next = await signed(
    inputs('next', { release: 'v1.3.0', previousManifestFile: join(at('small'), 'manifest.json') }, [...told, { later: true }]),
  );
  const delta = async (name: string, parent: string, index: number) => {
    const { ledgerKeyFile, policyDir, contractFile } = small;
    const ledgerExport = writeExport(join(root, name, 'export'), [...told, ...Array.from({ length: index }, () => ({ later: true }))]);
    const items = [{ kind: 'file', file: write(join(root, name, 'notes.txt'), `notes ${index}`) }];
    const sourceDateEpoch = String(Number(EPOCH) + index * 86_400);
    await deltaBundle({ parent, items, ledgerExport, ledgerKeyFile, policyDir, contractFile, sourceDateEpoch, out: at(name) });
    await sign(at(name), key);
    return at(name);
  };
  const first = await delta('first', incomplete, 1);
  const second = await delta('second', first, 2);
  const archive = (await packBundle(small.out)).file;
  const ledgerKeyFile = small.ledgerKeyFile;
  const contractFile = small.contractFile ?? '';
  return {
    key,
    stranger,
    small: small.out,
    incomplete,
    other,
    registered: registered.out,
    next,
    first,
    second,
    archive,
    ledgerKeyFile,
    contractFile,
  };
}
export type Releases = Awaited<ReturnType<typeof makeReleases>>;

export async function sign(folder: string, { privateKeyFile }: Key, add = false): Promise<void> {
  await signBundle({ folder, signer: await openSigner({ key: privateKeyFile }), add });
}
