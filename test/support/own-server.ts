import { onTestFinished } from 'vitest';
import { Database, EmbeddedPostgres, migrate } from '../../src/storage/index.ts';
import { postgresBinaries } from './binaries.ts';
import type { TestDatabase } from './postgres.ts';

export type OwnServer = TestDatabase & { readonly server: EmbeddedPostgres };

/** A server of the test's own, for what one does not do to the server of all. It ends with the test. */
export async function ownServer(dataDir: string, poolSize = 2): Promise<OwnServer> {
  const server = await EmbeddedPostgres.start({ dataDir, ...postgresBinaries() });
  onTestFinished(() => server.stop());
  await migrate(server.url('owner'));
  await server.enableAppLogin();
  const appUrl = server.url('app');
  const database = new Database({ appUrl, poolSize });
  onTestFinished(() => database.close());
  return { server, database, ownerUrl: server.url('owner'), appUrl, close: () => database.close() };
}
