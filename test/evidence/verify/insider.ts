import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalBytes, digestOf, type JsonObject } from '../../../src/core/index.ts';
import { openSigner } from '../../../src/evidence/index.ts';
import { readJson } from '../fixture.ts';

/** Canonical JSON with its line end. */
function document(value: JsonObject): Buffer {
  return Buffer.concat([canonicalBytes(value), Buffer.from('\n')]);
}

/** Rewrites a JSON file of a bundle canonically. */
// biome-ignore lint/suspicious/noExplicitAny: attackers do not keep to types
export function rewrite(folder: string, name: string, change: (value: any) => void): void {
  const value = readJson(join(folder, name));
  change(value);
  writeFileSync(join(folder, name), document(value));
}

export type Manifest = ReturnType<typeof readJson>;
type Artifact = {
  name: string;
  kind: string;
  sha256: string;
  size: number;
  mediaType: string;
  predicateType?: string;
  summary?: JsonObject;
  from?: string;
};

/** Takes the signatures off, lists the files as they are now, then changes the manifest: what an insider does before signing. */
function relist(folder: string, change: (manifest: Manifest) => void = () => {}): void {
  for (const name of readdirSync(folder)) if (name.endsWith('.sigstore.json')) rmSync(join(folder, name));
  rewrite(folder, 'manifest.json', (manifest) => {
    for (const record of own(manifest)) {
      const bytes = readFileSync(join(folder, record.name));
      record.size = bytes.length;
      record.sha256 = createHash('sha256').update(bytes).digest('hex');
    }
    const of = (kind: string) => `sha256:${manifest.artifacts.find((record: Artifact) => record.kind === kind).sha256}`;
    manifest.provenance = of('provenance');
    manifest.contract.digest = of('contract');
    change(manifest);
  });
}

/** Signs whatever stands there, by docs/evidence-format.md: a second maker of statements beside `ig-evidence sign`. */
export async function signAnyhow(folder: string, keyFile: string): Promise<void> {
  const signer = await openSigner({ key: keyFile });
  const bytes = readFileSync(join(folder, 'manifest.json'));
  const manifest = JSON.parse(bytes.toString('utf8'));
  const ofManifest = { name: 'manifest.json', digest: { sha256: digestOf(bytes).slice(7) } };
  for (const record of own(manifest)) {
    if (record.predicateType === undefined) continue;
    const statement = statementOf([ofManifest], record.predicateType, predicateOf(folder, record));
    writeFileSync(join(folder, `${record.name}.sigstore.json`), await signer.signStatement(statement));
  }
  const all = [...own(manifest).map(({ name, sha256 }) => ({ name, digest: { sha256 } })), ofManifest];
  const whole = statementOf(all, 'https://countersign.dev/attestation/manifest/v1', manifest);
  writeFileSync(join(folder, 'manifest.att.sigstore.json'), await signer.signStatement(whole));
  writeFileSync(join(folder, 'manifest.sigstore.json'), await signer.signBlob(bytes));
}

/** A copy of a bundle with changes that its own signer made and signed. */
export async function insiderCopy(from: string, to: string, keyFile: string, change: InsiderChange): Promise<string> {
  cpSync(from, to, { recursive: true });
  change.files?.(to);
  relist(to, change.manifest);
  await signAnyhow(to, keyFile);
  return to;
}
export type InsiderChange = { readonly files?: (folder: string) => void; readonly manifest?: (manifest: Manifest) => void };

export function statementOf(subject: readonly JsonObject[], predicateType: string, predicate: JsonObject): JsonObject {
  return { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate };
}

function own(manifest: Manifest): Artifact[] {
  return manifest.artifacts.filter((record: Artifact) => record.from === undefined);
}

const attester = { id: 'https://countersign.dev/ig-evidence' };

function predicateOf(folder: string, { name, kind, sha256, mediaType, summary = {}, predicateType = '' }: Artifact): JsonObject {
  const digest = { sha256 };
  if (kind === 'verdict') return verdictPredicate(readJson(join(folder, name)));
  if (kind === 'file') return { attester, references: [{ name, digest, downloadLocation: name, mediaType }] };
  if (predicateType.includes('/test-result/')) {
    const passed = kind !== 'junit' || (summary['failed'] === 0 && Number(summary['tests']) > 0);
    return { result: passed ? 'PASSED' : 'FAILED', configuration: [{ name, digest }], summary };
  }
  return predicateType.startsWith('https://countersign.dev/') ? { digest, summary } : readJson(join(folder, name));
}

function verdictPredicate({ at, result, requirements }: Manifest): JsonObject {
  const held = requirements.filter(({ outcome }: Manifest) => outcome === 'met' || outcome === 'waived');
  const complete = result === 'PASSED' ? ['countersign.evidence.complete'] : [];
  const properties = [...complete, ...held.map(({ outcome, id }: Manifest) => `countersign.evidence.${outcome}/${id}`)];
  return { verifier: attester, timeCreated: at, properties };
}
