export { countErasures, eraseSubject } from './erase-subject.ts';
export { sealRows } from './seal-rows.ts';
