import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { inheritedEnvironment } from '../../../src/config/index.ts';
import { sha256 } from '../../../src/core/index.ts';
import { run } from '../../../src/workbench/index.ts';

const MODULE = 'github.com/codenotary/immudb@v1.10.0';
const client = join(import.meta.dirname, 'main.go');
const moduleSchema = z.looseObject({ Dir: z.string() });

export type Immudb = { readonly server: string; readonly client: string };

/**
 * immudb's server and a client on its own Go package, built from its module and kept beside the other tools. Only this benchmark
 * wants them, so it builds them when it first runs. The module is copied to be the main one: its go.mod replaces modules.
 */
export async function resolveImmudb(): Promise<Immudb> {
  const env = inheritedEnvironment();
  const cache = join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'countersign', 'tools');
  const folder = join(cache, `immudb-1.10.0-${sha256(readFileSync(client)).toString('hex').slice(0, 12)}`);
  if (!existsSync(folder)) await build(folder, env);
  return { server: join(folder, 'immudb'), client: join(folder, 'client') };
}

async function build(target: string, inherited: NodeJS.ProcessEnv): Promise<void> {
  process.stderr.write(`building immudb with Go into ${target}; once only, it may take some minutes\n`);
  const env = { ...inherited, GOWORK: 'off', GOFLAGS: '-mod=readonly', CGO_ENABLED: '0' };
  const copy = mkdtempSync(join(tmpdir(), 'countersign-immudb-'));
  mkdirSync(dirname(target), { recursive: true });
  const partial = mkdtempSync(`${target}.`);
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', MODULE], { cwd: copy, env: { ...env, GOFLAGS: '-mod=mod' } });
    cpSync(moduleSchema.parse(JSON.parse(stdout)).Dir, copy, { recursive: true });
    makeWritable(copy); // the module cache is not
    mkdirSync(join(copy, 'cmd', 'countersignbench'));
    copyFileSync(client, join(copy, 'cmd', 'countersignbench', 'main.go'));
    for (const [name, path] of [
      ['immudb', './cmd/immudb'],
      ['client', './cmd/countersignbench'],
    ] as const) {
      await run('go', ['build', '-trimpath', '-o', join(partial, name), path], { cwd: copy, env });
    }
    renameSync(partial, target);
  } finally {
    for (const path of [copy, partial]) rmSync(path, { recursive: true, force: true });
  }
}

function makeWritable(folder: string): void {
  for (const entry of [folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))]) {
    chmodSync(entry, 0o755);
  }
}
