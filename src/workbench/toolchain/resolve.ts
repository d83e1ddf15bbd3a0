import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inheritedEnvironment, packageRoot } from '../../config/index.ts';
import { messageOf } from '../../core/index.ts';
import { ToolError } from '../errors.ts';
import { goBuild } from './go-build.ts';
import { type Pin, readPin, type ToolName } from './pins.ts';
import { run } from './run.ts';

/** The variables that name a binary outright, first one set wins, and the names a binary may have on PATH. */
const known: Record<ToolName, { readonly variables: readonly string[]; readonly binaries: readonly string[] }> = {
  opa: { variables: ['OPA'], binaries: ['opa'] },
  regal: { variables: ['REGAL'], binaries: ['regal'] },
  cosign2: { variables: ['COSIGN2'], binaries: ['cosign2', 'cosign'] },
  cosign3: { variables: ['COSIGN3', 'COSIGN'], binaries: ['cosign3', 'cosign'] },
  actionlint: { variables: ['ACTIONLINT'], binaries: ['actionlint'] },
};

const minutes = 60_000;

/**
 * The path of a tool: the environment's choice, else PATH when the version is exactly ours, else our cache, else built with Go.
 *
 * @throws ToolError `tool.unavailable`, saying what was tried and what to do.
 */
export async function resolveTool(
  tool: ToolName,
  env: NodeJS.ProcessEnv = inheritedEnvironment(),
  folder: string = join(packageRoot(), 'tools'),
): Promise<string> {
  const pin = readPin(tool, folder);
  return chosen(tool, env) ?? (await onPath(tool, pin, env)) ?? cached(tool, pin, env) ?? (await built(tool, pin, env, folder));
}

/** A binary that the user named is used whatever its version; naming one that cannot run is an error, not a reason to look further. */
function chosen(tool: ToolName, env: NodeJS.ProcessEnv): string | undefined {
  for (const variable of known[tool].variables) {
    const path = env[variable];
    if (path === undefined || path === '') continue;
    if (isExecutable(path)) return path;
    throw new ToolError('tool.unavailable', `${variable} is \`${path}\`, which is not an executable file`, {
      remedy: `correct ${variable}, or unset it to let the tool be found or built`,
    });
  }
  return undefined;
}

async function onPath(tool: ToolName, pin: Pin, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const candidate of known[tool].binaries.flatMap((binary) => executables(binary, env))) {
    if ((await versionOf(candidate, env)) === pin.version) return candidate;
  }
  return undefined;
}

function executables(binary: string, env: NodeJS.ProcessEnv): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, binary)).filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** What `<tool> version` reports, without a leading v; undefined when it cannot tell. */
export async function versionOf(path: string, env: NodeJS.ProcessEnv = inheritedEnvironment()): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['version'], { env, timeoutMilliseconds: 15_000 });
    return /^(?:Git)?Version:\s+v?(\S+)$/m.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

function cached(tool: ToolName, pin: Pin, env: NodeJS.ProcessEnv): string | undefined {
  const path = cachePath(tool, pin, env);
  return existsSync(path) ? path : undefined;
}

function cachePath(tool: ToolName, pin: Pin, env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(base, 'countersign', 'tools', `${tool}-${pin.version}`, tool);
}

async function built(tool: ToolName, pin: Pin, env: NodeJS.ProcessEnv, folder: string): Promise<string> {
  const target = cachePath(tool, pin, env);
  const [go] = executables('go', env);
  if (go === undefined) throw unavailable(tool, pin, target, 'there is no `go` on PATH to build it with');
  process.stderr.write(`building ${tool} ${pin.version} with Go into ${target}; once only, it may take up to ten minutes\n`);
  const from = Date.now();
  try {
    await goBuild({ go, tool, pin, folder, target }, env);
  } catch (cause) {
    throw unavailable(tool, pin, target, `building it failed: ${messageOf(cause)}`, cause);
  }
  process.stderr.write(`built ${tool} in ${((Date.now() - from) / minutes).toFixed(1)} minutes\n`);
  return target;
}

function unavailable(tool: ToolName, pin: Pin, target: string, why: string, cause?: unknown): ToolError {
  const { variables, binaries } = known[tool];
  const tried = [...variables.map((name) => `$${name} (unset)`), `\`${binaries.join('` or `')}\` ${pin.version} on PATH`, `\`${target}\``];
  return new ToolError('tool.unavailable', `\`${tool}\` ${pin.version} is not available: tried ${tried.join(', ')}; ${why}`, {
    cause,
    remedy: `install Go 1.26 or newer and run again, or set ${variables[0]} to ${tool} ${pin.version}`,
  });
}
