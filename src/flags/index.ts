export { setFlag } from './set.ts';
export { type Flag, holdKillSwitch, KILL_SWITCH, listFlags } from './store.ts';
