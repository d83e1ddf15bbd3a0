export type { WitnessEvent } from './add-checkpoint.ts';
export { createWitnessKey, readWitnessKey, type WitnessKey } from './key.ts';
export { type Logs, parseLogs } from './logs.ts';
export { Memory } from './memory.ts';
export { WitnessServer, type WitnessServerOptions } from './server.ts';
