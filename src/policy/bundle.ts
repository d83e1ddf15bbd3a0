import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOf, messageOf } from '../core/index.ts';
import { PolicyError } from './errors.ts';

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
});

const manifest = z.object({
  revision: z.string().min(1),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  entrypoint: z.string(),
  actions: z.array(z.string()),
  /** What `main` looks at before it asks a rule. */
  gates: z.array(z.string()),
  rules: z.array(rule),
});

export type PolicyRule = z.infer<typeof rule>;
export type PolicyManifest = z.infer<typeof manifest>;
/** A compiled policy, checked against the digest in its manifest. */
export type PolicyBundle = { readonly manifest: PolicyManifest; readonly wasm: Buffer<ArrayBuffer>; readonly data: object };

/**
 * Reads a bundle folder (`policy.wasm`, `data.json`, `manifest.json`), as `npm run policy:build` writes it.
 *
 * @throws PolicyError
 */
export function readBundle(folder: string): PolicyBundle {
  const read = z.preprocess((text) => parseJson(folder, String(text)), manifest);
  const parsed = read.safeParse(readFile(folder, 'manifest.json').toString('utf8'));
  if (!parsed.success) throw malformed(folder, z.prettifyError(parsed.error));
  const wasm = readFile(folder, 'policy.wasm');
  const digest = digestOf(wasm);
  if (digest !== parsed.data.digest) {
    throw new PolicyError(
      'policy.digest_mismatch',
      `\`${folder}/policy.wasm\` has digest ${digest}, its manifest says ${parsed.data.digest}`,
      {
        remedy: 'run `npm run policy:build`, or restore the folder from the release',
      },
    );
  }
  const data = parseJson(folder, readFile(folder, 'data.json').toString('utf8'));
  if (typeof data !== 'object' || data === null) throw malformed(folder, 'data.json is not an object');
  return { manifest: parsed.data, wasm, data };
}

function readFile(folder: string, name: string): Buffer<ArrayBuffer> {
  try {
    return readFileSync(join(folder, name));
  } catch (cause) {
    throw new PolicyError('policy.bundle_unreadable', `cannot read \`${join(folder, name)}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'run `npm run policy:build`',
    });
  }
}

function parseJson(folder: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(folder, messageOf(cause));
  }
}

function malformed(folder: string, why: string): PolicyError {
  return new PolicyError('policy.bundle_malformed', `the policy bundle in \`${folder}\` is malformed: ${why}`, {
    remedy: 'run `npm run policy:build`',
  });
}
