export { readEntry } from './read-entry.ts';
export { readTimeline } from './read-timeline.ts';
