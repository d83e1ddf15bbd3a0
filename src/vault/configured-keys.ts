import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { MasterKeys } from './master-keys.ts';

/** As the ledger's key: in production a lost one must not be replaced unnoticed, for nothing that people wrote would open any more. */
export function readMasterKeys(config: Config): MasterKeys {
  const file = config.env.vaultKeyFile ?? join(config.dataDir, 'vault.keys');
  const mayCreate = config.env.vaultKeyFile === undefined && config.mode === 'development';
  return mayCreate ? MasterKeys.readOrCreate(file) : MasterKeys.read(file);
}
