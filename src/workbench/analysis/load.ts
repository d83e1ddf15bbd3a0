import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PolicyEngine, readBundle } from '../../policy/index.ts';
import { compilePolicies } from '../compile/compile.ts';
import { ToolError } from '../errors.ts';
import { resolveTool } from '../toolchain/resolve.ts';
import type { Policy } from './policy.ts';

/**
 * A policy to analyse: a bundle as `npm run policy:build` writes it, or sources, which are compiled for it.
 *
 * @throws ToolError, PolicyError
 */
export async function loadPolicy(folder: string, label = folder): Promise<Policy> {
  if (existsSync(join(folder, 'policy.wasm'))) return { label, engine: await PolicyEngine.load(readBundle(folder)) };
  if (!existsSync(join(folder, 'main'))) {
    throw new ToolError('policy.malformed', `\`${folder}\` holds neither a compiled policy nor the sources of one`, {
      remedy: 'name a folder with policy.wasm in it, or one like policies/',
    });
  }
  return { label, engine: await compiled(folder) };
}

async function compiled(folder: string): Promise<PolicyEngine> {
  const work = mkdtempSync(join(tmpdir(), 'countersign-analysis-'));
  try {
    for (const [name, bytes] of await compilePolicies(resolve(folder), await resolveTool('opa'))) writeFileSync(join(work, name), bytes);
    return await PolicyEngine.load(readBundle(work));
  } finally {
    rmSync(work, { recursive: true });
  }
}
