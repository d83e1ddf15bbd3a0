export { countErasures, eraseSubject } from './erase-subject.ts';
