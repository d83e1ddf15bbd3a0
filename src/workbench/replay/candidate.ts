import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PolicyBundle, readBundle } from '../../policy/index.ts';
import { compilePolicies } from '../compile/compile.ts';
import { readSources } from '../compile/sources.ts';
import { ToolError } from '../errors.ts';

/**
 * A policy that is not in force: a bundle folder as `npm run policy:build` writes it, or a folder of sources, compiled here.
 * `opa` is asked for only when there is something to compile.
 *
 * @throws ToolError, PolicyError
 */
export async function readCandidate(folder: string, opa: () => Promise<string>): Promise<PolicyBundle> {
  if (existsSync(join(folder, 'manifest.json'))) return readBundle(folder);
  if (!existsSync(folder) || readSources(folder).length === 0) {
    throw new ToolError('policy.malformed', `\`${folder}\` holds neither a compiled policy nor Rego sources`, {
      remedy: 'name a folder with `manifest.json` and `policy.wasm`, or one that looks like `policies`',
    });
  }
  return compiled(folder, await opa());
}

async function compiled(folder: string, opa: string): Promise<PolicyBundle> {
  const work = mkdtempSync(join(tmpdir(), 'countersign-candidate-'));
  try {
    for (const [name, bytes] of await compilePolicies(folder, opa)) writeFileSync(join(work, name), bytes);
    return readBundle(work);
  } finally {
    rmSync(work, { recursive: true });
  }
}
