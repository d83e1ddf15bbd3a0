import type { AnyCommand } from '../govern/index.ts';
import { archiveLedger } from './archive-ledger.ts';
import type { AuditParts } from './parts.ts';
import { readEntries } from './read-entries.ts';
import { readEntry } from './read-entry.ts';
import { readLog } from './read-log.ts';
import { readTimeline } from './read-timeline.ts';

/** The ways to look at the ledger, each an action of its own. */
export function auditCommands({ ledger, vault, shown }: AuditParts): readonly AnyCommand[] {
  return [readTimeline(ledger, vault), readEntry({ ledger, vault, shown }), readEntries(vault), readLog(ledger), archiveLedger()];
}
