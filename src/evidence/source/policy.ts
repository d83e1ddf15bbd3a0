import { join } from 'node:path';
import { readBundle } from '../../policy/index.ts';
import type { Draft } from '../artifact.ts';
import { formOf } from '../forms.ts';
import { names } from '../names.ts';
import { malformed, readInput } from '../read-input.ts';

export type PolicyVersion = { readonly revision: string; readonly digest: string };

/**
 * The manifest of the compiled policy, byte for byte, so that its digest is that of the file in the repository.
 *
 * @throws PolicyError when the folder is not a policy bundle, or the manifest is of another policy.wasm.
 */
export function readPolicy(folder: string): { draft: Draft; policy: PolicyVersion } {
  const { revision, digest } = readBundle(folder).manifest;
  const bytes = readInput('policy manifest', join(folder, 'manifest.json'));
  // As `policy:build` writes it; any other form could hold a key twice and be read in two ways.
  if (!Buffer.from(`${JSON.stringify(JSON.parse(bytes.toString('utf8')), null, 2)}\n`).equals(bytes)) {
    throw malformed('policy manifest', 'it is not in the form that `npm run policy:build` writes');
  }
  return { draft: { name: names.policyManifest, form: formOf('policy-manifest'), bytes }, policy: { revision, digest } };
}
