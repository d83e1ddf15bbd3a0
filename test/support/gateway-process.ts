/**
 * A gateway as far as storage goes, in a process of its own, for tests that kill it: opens the embedded PostgreSQL in the folder
 * given as argument, prints `{"ready": …}` or `{"error": …}` as one line, and serves until its standard input ends.
 */
import { CodedError } from '../../src/core/index.ts';
import { EmbeddedPostgres, migrate } from '../../src/storage/index.ts';
import { postgresBinaries } from './binaries.ts';

const [dataDir = ''] = process.argv.slice(2);
try {
  const server = await EmbeddedPostgres.start({ dataDir, ...postgresBinaries() });
  await migrate(server.url('owner'));
  await server.enableAppLogin();
  process.stdin.resume().once('end', () => void server.stop());
  tell({ ready: { folder: server.folder, postmaster: server.pid, ownerUrl: server.url('owner'), appUrl: server.url('app') } });
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  tell({ error: { code: error.code, message: error.message } });
}

function tell(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
