export { archiveLedger } from './archive-ledger.ts';
export { readEntries } from './read-entries.ts';
export { readEntry } from './read-entry.ts';
export { readTimeline } from './read-timeline.ts';
