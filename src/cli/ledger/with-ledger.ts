import { join } from 'node:path';
import { loadConfig } from '../../config/index.ts';
import { fileAnchor, Ledger, readLedgerKey } from '../../ledger/index.ts';
import { attachStorage, type Storage } from '../../storage/index.ts';

export type OpenLedger = { readonly storage: Storage; readonly ledger: Ledger; readonly originPrefix: string };

/** Runs `work` on the ledger of the configuration, beside a gateway that may be running; what it appended is signed when this returns. */
export async function withLedger<T>(work: (open: OpenLedger) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const key = readLedgerKey(config);
  const { databaseUrl, databaseAppUrl } = config.env;
  const storage = await attachStorage({ databaseUrl, databaseAppUrl, dataDir: config.dataDir });
  try {
    const { database } = storage;
    const ledger = new Ledger({ database, key, anchor: fileAnchor(join(config.dataDir, 'checkpoints')), ...config.ledger });
    try {
      return await work({ storage, ledger, originPrefix: config.ledger.originPrefix });
    } finally {
      await ledger.stop();
    }
  } finally {
    await storage.close();
  }
}
