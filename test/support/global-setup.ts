import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { EmbeddedPostgres, migrate } from '../../src/storage/index.ts';
import { postgresBinaries } from './binaries.ts';
import { makeFolder, removeFolders } from './folders.ts';

const TEMPLATE = 'countersign_template';

declare module 'vitest' {
  interface ProvidedContext {
    /** The one server of the run; suites clone `template` on it (see postgres.ts). */
    postgres: { readonly ownerUrl: string; readonly appUrl: string; readonly template: string };
  }
}

/**
 * This server is killed by nobody, and when its machine loses power its files are of no use: it need not wait for the disk at every
 * commit. Tests of what survives a crash have servers of their own, which do.
 */
const forgetful = ['alter system set fsync = off', 'alter system set full_page_writes = off', 'select pg_reload_conf()'];

/** Starts the server of the run and migrates the template once; every suite then gets its own copy in some 70 ms. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = makeFolder('server');
  const server = await EmbeddedPostgres.start({ dataDir, ...postgresBinaries() });
  const callOff = watchOver([server.folder, dataDir]);
  for (const statement of [...forgetful, `create database ${TEMPLATE}`]) await run(server.url('owner'), statement);
  await migrate(server.url('owner', TEMPLATE));
  await server.enableAppLogin();
  project.provide('postgres', { ownerUrl: server.url('owner'), appUrl: server.url('app'), template: TEMPLATE });
  return async () => {
    await server.stop();
    callOff();
    removeFolders([server.folder, dataDir]);
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A run that is killed never comes to its teardown: another process then does what must not be left undone. */
function watchOver(folders: readonly string[]): () => void {
  const undertaker = spawn(process.execPath, [fileURLToPath(new URL('undertaker.ts', import.meta.url)), ...folders], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  undertaker.unref();
  return () => undertaker.kill('SIGKILL');
}
