import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../src/core/index.ts';
import { generateKeyPair, signFile } from '../../src/evidence/index.ts';
import {
  type BundleFiles,
  type BundleTrust,
  bundleSignature,
  type PolicyManifest,
  parseTrust,
  policyDigest,
  readBundleFiles,
} from '../../src/policy/index.ts';
import { compilePolicies, resolveTool } from '../../src/workbench/index.ts';

const policies = join(import.meta.dirname, '../../policies');
const keys = mkdtempSync(join(tmpdir(), 'countersign-test-keys-'));
process.on('exit', () => rmSync(keys, { recursive: true, force: true }));

export const signer = generateKeyPair({ prefix: join(keys, 'signer') });
export const stranger = generateKeyPair({ prefix: join(keys, 'stranger') });

/** Trusts the signer and nobody else. */
export const trust: BundleTrust = parseTrust({
  keys: [{ name: 'signer.pub', pem: readFileSync(signer.publicKeyFile, 'utf8') }],
  identities: [],
});

export const shipped: BundleFiles = readBundleFiles(join(policies, 'dist'));
export const shippedManifest: { digest: string; serial: number; revision: string } = JSON.parse(String(shipped.get('manifest.json')));

export type Fields = { readonly [field: string]: unknown };

/** The same bundle with another manifest, unsigned. */
export function withManifest(files: BundleFiles, change: Fields): BundleFiles {
  const manifest = { ...JSON.parse(String(files.get('manifest.json'))), ...change };
  return new Map([...files, ['manifest.json', Buffer.from(JSON.stringify(manifest))]]);
}

/** The policy that ships under another name: data that no rule reads, so its digest is another and its decisions are not. */
export function renamed(name: string, change: Fields = {}): BundleFiles {
  const data = Buffer.from(JSON.stringify({ name }));
  const wasm = shipped.get('policy.wasm') ?? Buffer.alloc(0);
  const digest = policyDigest({ wasm, data, entrypoint: 'main/decision' });
  return withManifest(new Map([...shipped, ['data.json', data]]), {
    digest,
    revision: name,
    serial: shippedManifest.serial + 1,
    ...change,
  });
}

export function signed(files: BundleFiles, keyFile: string = signer.privateKeyFile): BundleFiles {
  const file = join(keys, 'manifest.json');
  writeFileSync(file, files.get('manifest.json') ?? '');
  return new Map([...files, [bundleSignature, signFile(file, keyFile, undefined).bundle]]);
}

/** Compiles the project's policies with one text in one file replaced, as a later policy; unsigned. */
export async function compiledWith(file: string, from: string, to: string): Promise<BundleFiles> {
  const sources = mkdtempSync(join(tmpdir(), 'countersign-test-sources-'));
  try {
    cpSync(policies, sources, { recursive: true });
    const text = readFileSync(join(sources, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
    writeFileSync(join(sources, file), text.replace(from, to));
    return await compilePolicies(sources, await resolveTool('opa'), shippedManifest.serial + 1);
  } finally {
    rmSync(sources, { recursive: true });
  }
}

/** Other golden cases under a manifest that names them. */
export function withSelfTest(files: BundleFiles, cases: unknown): BundleFiles {
  const bytes = Buffer.from(JSON.stringify(cases));
  return withManifest(new Map([...files, ['selftest.json', bytes]]), { selfTest: digestOf(bytes) });
}

/** Without the golden cases of a rule: those of a policy that changed it on purpose would have changed with it. */
export function withoutCasesOf(files: BundleFiles, ruleId: string): BundleFiles {
  const cases: { expect: { unmet: string[] } }[] = JSON.parse(String(files.get('selftest.json')));
  return withSelfTest(
    files,
    cases.filter(({ expect }) => !expect.unmet.includes(ruleId)),
  );
}

/** What an engine is loaded from. */
export function loadable(files: BundleFiles): { manifest: PolicyManifest; wasm: Buffer<ArrayBuffer>; data: object } {
  return {
    manifest: JSON.parse(String(files.get('manifest.json'))),
    wasm: Buffer.from(files.get('policy.wasm') ?? ''),
    data: JSON.parse(String(files.get('data.json'))),
  };
}

/** The files as `publishPolicy` takes them. */
export function asArgs(files: BundleFiles, justification = 'a policy for the holidays'): Fields {
  const base64 = (name: string): string | undefined => files.get(name)?.toString('base64');
  return {
    manifest: base64('manifest.json'),
    wasm: base64('policy.wasm'),
    data: base64('data.json'),
    selfTest: base64('selftest.json'),
    signature: base64(bundleSignature) ?? null,
    justification,
  };
}

export function digestIn(files: BundleFiles): string {
  return JSON.parse(String(files.get('manifest.json'))).digest;
}
