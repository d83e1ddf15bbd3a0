import { createHash, randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf } from '../src/core/index.ts';
import { run, ToolError } from '../src/workbench/index.ts';

/** What test/interop builds: programs of other people's, or a few lines around their libraries. */
const programs = ['litewitness', 'tiles', 'witnessed-log', 'ssh-agent', 's3'] as const;
export type InteropProgram = (typeof programs)[number];

const module = join(import.meta.dirname, '..', 'test', 'interop');

/**
 * The folder with the programs of test/interop: the environment's choice (`COUNTERSIGN_INTEROP`), else our cache, where it is named
 * by the sources and pins it was built from, else built with Go.
 *
 * @throws ToolError `tool.unavailable`, saying what was tried and what to do.
 */
export async function resolveInterop(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const chosen = env['COUNTERSIGN_INTEROP'];
  if (chosen !== undefined && chosen !== '') return complete(chosen);
  const target = cacheFolder(env);
  if (!existsSync(target)) await build(target, env);
  return target;
}

function complete(folder: string): string {
  for (const program of programs) {
    try {
      accessSync(join(folder, program), constants.X_OK);
    } catch (cause) {
      throw unavailable(`COUNTERSIGN_INTEROP is \`${folder}\`, which has no executable \`${program}\``, cause);
    }
  }
  return folder;
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  const sources = createHash('sha256');
  for (const file of readdirSync(module, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.go$|go\.(mod|sum)$/.test(file)) sources.update(`${file}\n`).update(readFileSync(join(module, file)));
  }
  const base = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(base, 'countersign', 'tools', `interop-${sources.digest('hex').slice(0, 16)}`);
}

/** Racing builders are safe: each builds under its own name, and the first to rename wins. */
async function build(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const partial = `${target}.${randomBytes(6).toString('hex')}`;
  mkdirSync(dirname(target), { recursive: true });
  process.stderr.write(`building the programs of test/interop with Go into ${target}; once only, it may take some minutes\n`);
  try {
    await run('go', ['build', '-trimpath', '-o', `${partial}/`, './...', 'filippo.io/torchwood/cmd/litewitness'], {
      cwd: module,
      env: { ...env, GOFLAGS: '-mod=readonly', CGO_ENABLED: '0' },
    });
    renameSync(partial, target);
  } catch (cause) {
    if (!existsSync(target)) throw unavailable(`they could not be built into \`${target}\`: ${messageOf(cause)}`, cause);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function unavailable(why: string, cause: unknown): ToolError {
  return new ToolError('tool.unavailable', `the programs of test/interop are not available: ${why}`, {
    cause,
    remedy: 'install Go 1.26 or newer and run again, or set COUNTERSIGN_INTEROP to a folder that holds them',
  });
}
