import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerKey } from '../../src/ledger/index.ts';
import { EmbeddedPostgres, migrate } from '../../src/storage/index.ts';

/** An embedded PostgreSQL with durable commits, migrated, and what gateways on it need. */
export type Ground = {
  readonly folder: string;
  readonly keyFile: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly pid: () => number;
};

/** Runs a benchmark on a server and in a folder of its own, and leaves nothing behind, also when it is asked to end. */
export async function onGround(measure: (ground: Ground) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  chmodSync(folder, 0o755); // PostgreSQL's own user enters it when we are root
  const server = await EmbeddedPostgres.start({ dataDir: folder });
  const leave = async (): Promise<void> => {
    await server.stop();
    for (const path of [folder, server.folder]) rmSync(path, { recursive: true, force: true });
  };
  const onSignal = (): void => void leave().then(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, onSignal);
  try {
    await migrate(server.url('owner'));
    await server.enableAppLogin();
    const keyFile = join(folder, 'ledger.pem');
    LedgerKey.readOrCreate(keyFile);
    await measure({ folder, keyFile, ownerUrl: server.url('owner'), appUrl: server.url('app'), pid: () => server.pid ?? 0 });
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, onSignal);
    await leave();
  }
}
