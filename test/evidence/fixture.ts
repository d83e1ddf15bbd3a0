import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { digestOf, digestOfJson, idOf, isJsonObject, type JsonObject, sha256 } from '../../src/core/index.ts';
import { type BuildRequest, buildBundle, generateKeyPair, openSigner, signBundle } from '../../src/evidence/index.ts';
import { Frontier } from '../../src/ledger/frontier.ts';
import { entryBytes, leafBytes, leafHash } from '../../src/ledger/leaf.ts';
import { checkpointText, noteSigner, signNote } from '../../src/ledger/note.ts';
import { policyDigest } from '../../src/policy/index.ts';

/** The commit time of every fixture. */
export const EPOCH = '1767225600';
export const COMMIT = 'c0ffee0123456789c0ffee0123456789c0ffee01';

/** A folder that lives as long as the test file. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'countersign-evidence-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function write(file: string, content: string | Uint8Array): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const policyWasm = Buffer.from('\0asm\x01\0\0\0');
export const policyName = policyDigest({ wasm: policyWasm, data: Buffer.from('{}'), entrypoint: 'main/decision' });
const rule = {
  id: 'ig.test',
  title: 't',
  description: 'd',
  remedy: null,
  precedence: null,
  reference: null,
  package: 'p',
  file: 'f',
  kind: 'grant',
  reads: [],
};

function writePolicy(folder: string): string {
  write(join(folder, 'policy.wasm'), policyWasm);
  write(join(folder, 'data.json'), '{}');
  const manifest = {
    revision: 'r1',
    serial: 1,
    digest: policyName,
    selfTest: digestOf(Buffer.from('[]')),
    entrypoint: 'main/decision',
    opa: '1.22.0',
    actions: ['a.b'],
    gates: [],
    rules: [rule],
  };
  write(join(folder, 'selftest.json'), '[]');
  write(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return folder;
}

export function decision(index: number, change: JsonObject = {}): JsonObject {
  return {
    decisionId: `dec_${index}`,
    ruleId: 'ig.purpose.allow_read',
    result: index % 3 === 0 ? 'DENY' : 'ALLOW',
    explanation: `decided ${index} – with a line separator \u2028 in it`,
    rules: [],
    challenge: null,
    obligations: [],
    policy: { digest: policyName, revision: 'r1' },
    inputDigest: digestOfJson(index),
    tenant: 'alpha',
    purpose: 'investigation',
    ts: '2026-01-01T00:00:00.000Z',
    micros: 12,
    ...change,
  };
}

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer = noteSigner('countersign.test/alpha', privateKey, publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
export const logKey = signer.verifierKey;

/** An entry of a fixture's log; a plain object is the data of an `incident.approve`. */
export type Told = { readonly type: string; readonly data: JsonObject; readonly subject?: string; readonly actor?: string };

function toldOf(entry: JsonObject | Told): Told {
  return 'type' in entry && typeof entry.type === 'string' && isJsonObject(entry['data'])
    ? { type: entry.type, subject: 'incident:1', ...entry, data: entry['data'] }
    : { type: 'incident.approve', data: { ...entry } };
}

/** An allowed action of the gateway with its effect. */
export function action(type: string, effect: JsonObject, more: Omit<Told, 'type' | 'data'> = {}): Told {
  return { ...more, type, data: { decision: decision(1, { decisionId: `dec_${type}` }), effect } };
}

/** What `exportLog` writes, made without a database by the same pure functions. A longer list continues the log of a shorter one. */
export function writeExport(folder: string, told: readonly (JsonObject | Told)[]): string {
  const frontier = Frontier.empty();
  const lines: Buffer[] = [];
  let prev: Buffer | null = null;
  for (const [seq, { type, data, subject = 'incident:1', actor = 'u1' }] of told.map(toldOf).entries()) {
    const id = idOf('entry', new Date(0), sha256(Buffer.from(String(seq))));
    const entry = { id, ts: '2026-01-01T00:00:00.000Z', type, subject, actor: { id: actor, kind: 'human' } as const, data };
    const body = leafBytes(entryBytes(entry), { log: 'alpha', seq, prev, entryId: entry.id });
    prev = leafHash(body);
    frontier.append(prev);
    lines.push(body, Buffer.from('\n'));
  }
  write(join(folder, 'entries.jsonl'), Buffer.concat(lines));
  write(join(folder, 'checkpoint'), signNote(checkpointText(signer.name, frontier.size, frontier.root()), [signer]));
  write(join(folder, 'log.vkey'), `${logKey}\n`);
  return folder;
}

/** Seven entries, five of them decisions. */
export const entries: readonly (JsonObject | Told)[] = [
  { opened: true },
  ...[1, 2, 3].map((index) => ({ decision: decision(index), effect: 'none' })),
  { closed: true },
  ...[5, 6].map((index) => ({ decision: decision(index) })),
];

export const opaCoverage = JSON.stringify({
  files: {
    'rules/b/b.rego': { covered_lines: 30, not_covered_lines: 1, coverage: 96.8 },
    'rules/a/a.rego': { covered_lines: 9, coverage: 100 },
    'rules/a/a_test.rego': { covered_lines: 100, coverage: 100 },
  },
  covered_lines: 139,
  not_covered_lines: 1,
  coverage: 99.3,
});

export const sbom = {
  $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: {
    tools: [{ vendor: 'npm', name: 'cli', version: '11.0.0' }],
    component: { 'bom-ref': 'demo@1.0.0', type: 'library', name: 'some-folder', version: '1.0.0' },
  },
  components: [{ 'bom-ref': 'left@1.0.0', type: 'library', name: 'left', version: '1.0.0' }],
  dependencies: [{ ref: 'demo@1.0.0', dependsOn: ['left@1.0.0'] }, { ref: 'left@1.0.0' }],
};

/** What the fixture's release must show. */
export const contract = `format: 1
releases:
  standard:
    - { item: sbom-cyclonedx, obtain: run npm sbom }
    - { item: provenance }
    - { item: decision-log, assert: { decisions: { min: 1 } } }
    - { item: decision-coverage, assert: { lines: { min: 90 } } }
    - { item: file, name: notes.txt, optional: true, assert: { bytes: { max: 100 } } }
`;

/** All inputs of a build in one folder. */
export function writeInputs(folder: string, told: readonly (JsonObject | Told)[] = entries): BuildRequest & { out: string } {
  return {
    release: 'v1.2.3',
    out: join(folder, 'bundle'),
    ledgerExport: writeExport(join(folder, 'export'), told),
    ledgerKeyFile: write(join(folder, 'handed-over.vkey'), `${logKey}\n`),
    policyDir: writePolicy(join(folder, 'policy')),
    contractFile: write(join(folder, 'contract.yaml'), contract),
    items: [
      { kind: 'decision-coverage', file: write(join(folder, 'coverage.json'), opaCoverage) },
      { kind: 'sbom-cyclonedx', file: write(join(folder, 'sbom.json'), JSON.stringify(sbom)) },
    ],
    commit: COMMIT,
    sourceDateEpoch: EPOCH,
  };
}

export type Signed = {
  readonly folder: string;
  readonly keyFile: string;
  readonly publicKeyFile: string;
  readonly request: BuildRequest & { out: string };
};

/** A built and signed bundle with its keys beside it. */
export async function writeSigned(
  folder: string,
  change: Partial<BuildRequest> = {},
  told: readonly (JsonObject | Told)[] = entries,
): Promise<Signed> {
  const request = { ...writeInputs(folder, told), ...change };
  await buildBundle(request);
  const { privateKeyFile, publicKeyFile } = generateKeyPair({ prefix: join(folder, 'cosign') });
  await signBundle({ folder: request.out, signer: await openSigner({ key: privateKeyFile }) });
  return { folder: request.out, keyFile: privateKeyFile, publicKeyFile, request };
}

export function readJson(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
