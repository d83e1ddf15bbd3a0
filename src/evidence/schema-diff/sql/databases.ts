import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectOnce, EmbeddedPostgres } from '../../../storage/index.ts';
import { describeSchema } from './catalog.ts';
import type { Load } from './load.ts';
import type { SqlObject } from './objects.ts';

/** What each of some loads makes of a database that was empty, on one server: the same version describes all. Ends early, with nothing left behind, when told to. */
export type DescribeAll = (loads: readonly Load[], signal: AbortSignal | undefined) => Promise<SqlObject[][]>;

/** On an embedded PostgreSQL that lives as long as it is needed. */
export const onServerOfOwn: DescribeAll = async (loads, signal) => {
  const folder = mkdtempSync(join(tmpdir(), 'ig-evidence-sql-'));
  chmodSync(folder, 0o755); // PostgreSQL's own user enters it when we are root
  const server = await EmbeddedPostgres.start({ dataDir: folder });
  try {
    return await unlessAborted(signal, describeEach(server, loads, signal));
  } finally {
    await server.stop();
    for (const path of [folder, server.folder]) rmSync(path, { recursive: true, force: true });
  }
};

async function describeEach(server: EmbeddedPostgres, loads: readonly Load[], signal: AbortSignal | undefined): Promise<SqlObject[][]> {
  const schemas: SqlObject[][] = [];
  for (const [index, load] of loads.entries()) {
    const name = `schema_${index}`;
    await withClient(server.url('owner'), (client) => client.query(`create database ${name}`));
    const url = server.url('owner', name);
    await load(url, signal);
    schemas.push(await withClient(url, describeSchema));
  }
  return schemas;
}

async function withClient<T>(url: string, work: (client: Awaited<ReturnType<typeof connectOnce>>) => Promise<T>): Promise<T> {
  const client = await connectOnce(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Does not wait for what is under way: it ends with its server. */
async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
