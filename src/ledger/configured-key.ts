import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { LedgerKey } from './keys.ts';

/** The key that was named; in development one is made where there is none. In production a lost key must not be replaced unnoticed. */
export function readLedgerKey(config: Config): LedgerKey {
  const { ledgerKey } = config.env;
  if (ledgerKey !== undefined) return LedgerKey.parse(ledgerKey, 'the variable LEDGER_KEY');
  const file = config.env.ledgerKeyFile ?? join(config.dataDir, 'ledger.pem');
  const mayCreate = config.env.ledgerKeyFile === undefined && config.mode === 'development';
  return mayCreate ? LedgerKey.readOrCreate(file) : LedgerKey.read(file);
}
