import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { canonicalBytes, digestOf, type Json, type JsonObject, sha256 } from '../../../src/core/index.ts';
import { openSigner, type SignedBundle, signBundle } from '../../../src/evidence/index.ts';
import { readSigstoreBundle, type Signers, verifyBlob, verifyEnvelope } from '../../../src/evidence/verify/signers/index.ts';

/** A folder that lives as long as the test file. */
export function temporaryFolder(): { path: string; at(name: string): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'countersign-signing-'));
  return { path, at: (name) => join(path, name), remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function write(file: string, content: string | Uint8Array): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const document = (value: Json) => Buffer.concat([canonicalBytes(value), Buffer.from('\n')]);
const hex = (bytes: Uint8Array) => sha256(bytes).toString('hex');
const none = `sha256:${'0'.repeat(64)}`;

const verdict = document({ result: 'PASSED', requirements: [{ id: 'file', outcome: 'met' }] });
const artifacts: readonly { readonly name: string; readonly bytes: Buffer; readonly about: JsonObject }[] = [
  {
    name: 'access-log.jsonl',
    bytes: Buffer.from('{}\n'),
    about: { kind: 'access-log', predicateType: 'https://countersign.dev/attestation/access-log/v1', summary: { views: 1 } },
  },
  {
    name: 'empty-root.json',
    bytes: readFileSync(join(import.meta.dirname, '../../../evidence/empty-root.json')),
    about: { kind: 'trust-root' },
  },
  {
    name: 'notes.txt',
    bytes: Buffer.from('what we noticed\n'),
    about: { kind: 'file', predicateType: 'https://in-toto.io/attestation/reference/v0.1', summary: { bytes: 16 } },
  },
  { name: 'verdict.json', bytes: verdict, about: { kind: 'verdict', predicateType: 'https://in-toto.io/attestation/svr/v0.2' } },
];

/** The files that signing adds to `writeBundle`, in the order in which they are made. */
export const signatures = [
  'access-log.jsonl.sigstore.json',
  'notes.txt.sigstore.json',
  'verdict.json.sigstore.json',
  'manifest.att.sigstore.json',
  'manifest.sigstore.json',
];

/** A small bundle as `build` writes it: three items with statements, one without. */
export function writeBundle(folder: string, nameOfNotes = 'notes.txt'): string {
  const named = artifacts.map((item) => (item.name === 'notes.txt' ? { ...item, name: nameOfNotes } : item));
  const manifest = {
    format: 1,
    release: 'v1.2.3',
    kind: 'standard',
    at: '2026-01-01T00:00:00.000Z',
    source: { commit: 'c0ffee', modified: false },
    artifacts: named.map(({ name, bytes, about }) => ({
      name,
      sha256: hex(bytes),
      size: bytes.length,
      mediaType: 'text/plain',
      ...about,
    })),
    provenance: none,
    signature: 'cosign:manifest.sigstore.json',
    ledger: {
      origin: 'countersign.test/alpha',
      size: 1,
      root: '0'.repeat(64),
      verifierKey: 'key',
      checkpoint: 'ledger-checkpoint',
      proof: 'ledger-proofs.json',
      built: null,
      prevManifest: null,
    },
    policy: { revision: 'r1', digest: none },
    contract: { digest: digestOf(verdict), verdict: 'PASSED', required: ['file'], missing: [] },
    parent: null,
  };
  for (const { name, bytes } of named) write(join(folder, name), bytes);
  write(join(folder, 'manifest.json'), document(manifest));
  return folder;
}

export async function sign(folder: string, key: string, password?: string): Promise<SignedBundle> {
  return signBundle({ folder, signer: await openSigner({ key, password }) });
}

/** Who made each signature in a folder, by its file; or why it is not one of somebody who is trusted. */
export function signedBy(folder: string, signers: Signers): { readonly [file: string]: string } {
  const files = readdirSync(folder).filter((name) => name.endsWith('.sigstore.json'));
  return Object.fromEntries(files.map((name) => [name, signerOf(folder, name, signers)]));
}

export function signerOf(folder: string, name: string, signers: Signers): string {
  try {
    const bundle = readSigstoreBundle(readFileSync(join(folder, name)));
    const blob = /^manifest(\.[2-9])?\.sigstore\.json$/.test(name);
    return (blob ? verifyBlob(bundle, readFileSync(join(folder, 'manifest.json')), signers) : verifyEnvelope(bundle, signers)).name;
  } catch (error) {
    return error instanceof Error ? `refused: ${error.message}` : 'refused';
  }
}

/** What `signedBy` answers where one signer made all of them. */
export function allBy(name: string): { readonly [file: string]: string } {
  return Object.fromEntries(signatures.map((file) => [file, name]));
}

export function readJson(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
