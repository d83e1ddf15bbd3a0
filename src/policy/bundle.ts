import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOf, digestOfJson, messageOf } from '../core/index.ts';
import { PolicyError } from './errors.ts';
import { policyInput } from './input.ts';

const rule = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  remedy: z.string().nullable(),
  precedence: z.number().nullable(),
  reference: z.string().nullable(),
  package: z.string(),
  file: z.string(),
  kind: z.enum(['grant', 'requirement']),
  /** What of the input the rule can depend on, as dotted paths without `input.`. */
  reads: z.array(z.string()),
  /** The actions on which a requirement can be unmet; absent: any. */
  actions: z.array(z.string()).exactOptional(),
});

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const manifest = z.object({
  /** Shown in decisions, logs and terminals: printable ASCII. */
  revision: z.string().regex(/^[\x21-\x7e]{1,100}$/),
  /** Grows with every change: what goes forward and what goes back. */
  serial: z.int().min(1).max(2_147_483_647),
  /** Of all that decides: see `policyDigest`. */
  digest,
  selfTest: digest,
  entrypoint: z.string(),
  actions: z.array(z.string()),
  /** What `main` looks at before it asks a rule. */
  gates: z.array(z.string()),
  rules: z.array(rule),
});

const selfTestFile = z.array(
  z.strictObject({
    name: z.string(),
    input: policyInput,
    expect: z.strictObject({ result: z.enum(['ALLOW', 'DENY', 'STEP_UP']), ruleId: z.string(), unmet: z.array(z.string()) }),
  }),
);

/** A golden case that travels with the policy: what it must say where it is loaded. */
export type SelfTestCase = z.infer<typeof selfTestFile>[number];
export type PolicyRule = z.infer<typeof rule>;
export type PolicyManifest = z.infer<typeof manifest>;

/** The files of a bundle by name, as they stand in its folder. */
export type BundleFiles = ReadonlyMap<string, Buffer>;

/** What a bundle is made of, and beside it, when somebody signed it, a sigstore bundle over `manifest.json`. */
const bundleFiles = ['manifest.json', 'policy.wasm', 'data.json', 'selftest.json'] as const;
export const bundleSignature = 'manifest.sigstore.json';

/** A compiled policy whose files are the ones that its manifest names. */
export type PolicyBundle = {
  readonly manifest: PolicyManifest;
  readonly wasm: Buffer<ArrayBuffer>;
  readonly data: object;
  readonly selfTest: readonly SelfTestCase[];
};

/** Names a policy: two with one digest decide alike. `sha256:` over the canonical JSON of what decides. */
export function policyDigest(parts: { wasm: Uint8Array; data: Uint8Array; entrypoint: string }): string {
  return digestOfJson({ data: digestOf(parts.data), entrypoint: parts.entrypoint, wasm: digestOf(parts.wasm) });
}

/** Reads a bundle's folder, as `npm run policy:build` writes it; the signature only if it is there. @throws PolicyError */
export function readBundleFiles(folder: string): BundleFiles {
  const signature = readIfThere(folder, bundleSignature);
  const files = bundleFiles.map((name): [string, Buffer] => [name, readFile(folder, name)]);
  return new Map(signature === undefined ? files : [...files, [bundleSignature, signature]]);
}

/** @throws PolicyError `policy.bundle_unreadable`, `policy.bundle_malformed`, `policy.digest_mismatch` */
export function readBundle(folder: string): PolicyBundle {
  return parseBundle(readBundleFiles(folder), folder);
}

/**
 * Checks that the files belong together; says nothing of who made them.
 *
 * @param where names the bundle in messages
 * @throws PolicyError `policy.bundle_malformed`, `policy.digest_mismatch`
 */
export function parseBundle(files: BundleFiles, where: string): PolicyBundle {
  const parsed = manifest.safeParse(parseJson(where, files, 'manifest.json'));
  if (!parsed.success) throw malformed(where, z.prettifyError(parsed.error));
  const wasm = Buffer.from(fileOf(where, files, 'policy.wasm')); // its own memory: what WebAssembly takes
  const dataBytes = fileOf(where, files, 'data.json');
  const { entrypoint } = parsed.data;
  assertDigest(where, '`policy.wasm` and `data.json`', policyDigest({ wasm, data: dataBytes, entrypoint }), parsed.data.digest);
  assertDigest(where, '`selftest.json`', digestOf(fileOf(where, files, 'selftest.json')), parsed.data.selfTest);
  const data = parseJson(where, files, 'data.json');
  if (typeof data !== 'object' || data === null) throw malformed(where, 'data.json is not an object');
  const selfTest = selfTestFile.safeParse(parseJson(where, files, 'selftest.json'));
  if (!selfTest.success) throw malformed(where, `selftest.json: ${z.prettifyError(selfTest.error)}`);
  return { manifest: parsed.data, wasm, data, selfTest: selfTest.data };
}

function assertDigest(where: string, what: string, found: string, named: string): void {
  if (found === named) return;
  throw new PolicyError('policy.digest_mismatch', `in \`${where}\`, ${what} have digest ${found}, the manifest says ${named}`, {
    remedy: 'run `npm run policy:build`, or restore the folder from the release',
  });
}

function readFile(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (cause) {
    throw new PolicyError('policy.bundle_unreadable', `cannot read \`${join(folder, name)}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'run `npm run policy:build`',
    });
  }
}

function readIfThere(folder: string, name: string): Buffer | undefined {
  try {
    return readFileSync(join(folder, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function fileOf(where: string, files: BundleFiles, name: string): Buffer {
  const bytes = files.get(name);
  if (bytes !== undefined) return bytes;
  throw malformed(where, `it has no ${name}`);
}

function parseJson(where: string, files: BundleFiles, name: string): unknown {
  try {
    return JSON.parse(fileOf(where, files, name).toString('utf8'));
  } catch (cause) {
    if (cause instanceof PolicyError) throw cause;
    throw malformed(where, `${name}: ${messageOf(cause)}`);
  }
}

function malformed(where: string, why: string): PolicyError {
  return new PolicyError('policy.bundle_malformed', `the policy bundle in \`${where}\` is malformed: ${why.replaceAll('\n', ' ')}`, {
    remedy: 'run `npm run policy:build`',
  });
}
