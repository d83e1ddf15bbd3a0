import { ledger } from './0001-ledger.ts';
import { incidents } from './0002-incidents.ts';
import { breakGlass } from './0003-break-glass.ts';
import { policies } from './0004-policies.ts';
import { ledgerStrength } from './0005-ledger-strength.ts';
import { vault } from './0006-vault.ts';
import { ledgerQuery } from './0007-ledger-query.ts';
import { witness } from './0008-witness.ts';
import { ledgerHealth } from './0009-ledger-health.ts';
import { evidence } from './0010-evidence.ts';
import { ledgerTogether } from './0011-ledger-together.ts';

/** Every migration, oldest first. Forward only: one that has shipped is never edited, a new one is added. */
export const migrations: readonly { readonly name: string; readonly sql: string }[] = [
  ledger,
  incidents,
  breakGlass,
  policies,
  ledgerStrength,
  vault,
  ledgerQuery,
  witness,
  ledgerHealth,
  evidence,
  ledgerTogether,
];
