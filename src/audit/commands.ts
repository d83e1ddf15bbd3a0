import type { AnyCommand } from '../govern/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Vault } from '../vault/index.ts';
import { archiveLedger } from './archive-ledger.ts';
import { readEntries } from './read-entries.ts';
import { readEntry } from './read-entry.ts';
import { readLog } from './read-log.ts';
import { readTimeline } from './read-timeline.ts';

/** The ways to look at the ledger, each an action of its own. */
export function auditCommands(ledger: Ledger, vault: Vault): readonly AnyCommand[] {
  return [readTimeline(ledger, vault), readEntry(ledger, vault), readEntries(vault), readLog(ledger), archiveLedger()];
}
