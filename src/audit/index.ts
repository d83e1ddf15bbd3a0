export { readEntry } from './read-entry.ts';
export { readLog } from './read-log.ts';
export { readTimeline } from './read-timeline.ts';
