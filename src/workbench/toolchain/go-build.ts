import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Pin, ToolName } from './pins.ts';
import { run } from './run.ts';

/** Where a binary learns its version when Go's own build information does not tell it. */
const versionVariable: Partial<Record<ToolName, string>> = { regal: 'github.com/open-policy-agent/regal/pkg/version.Version' };

export type GoBuild = { readonly go: string; readonly tool: ToolName; readonly pin: Pin; readonly folder: string; readonly target: string };

/** Builds a pinned tool to `target`. Racing builders are safe: each builds under its own name, and the rename is atomic. */
export async function goBuild(build: GoBuild, env: NodeJS.ProcessEnv): Promise<void> {
  const partial = join(dirname(build.target), `.${build.tool}.${randomBytes(6).toString('hex')}`);
  mkdirSync(dirname(build.target), { recursive: true });
  try {
    await run(build.go, buildArguments(build, partial), {
      cwd: join(build.folder, build.tool),
      env: { ...env, GOFLAGS: '-mod=readonly', CGO_ENABLED: '0' },
    });
    renameSync(partial, build.target);
  } finally {
    rmSync(partial, { force: true });
  }
}

function buildArguments({ tool, pin }: GoBuild, output: string): string[] {
  const variable = versionVariable[tool];
  const stamp = variable === undefined ? [] : ['-ldflags', `-X ${variable}=${pin.version}`];
  return ['build', '-trimpath', ...stamp, '-o', output, pin.package];
}
