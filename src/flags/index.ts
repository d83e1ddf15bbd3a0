export { setFlag } from './set.ts';
export { type Flag, holdKillSwitch, KILL_SWITCH, listFlags, upsertFlag } from './store.ts';
