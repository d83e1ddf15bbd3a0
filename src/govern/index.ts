export { type AnyCommand, type Command, defineCommand, type Effect, type Loaded, type Preview, type Scope } from './command.ts';
export type { Decision } from './decision.ts';
export { GovernError } from './errors.ts';
export { type ActionRequest, Kernel, type KernelOptions, type Outcome } from './kernel.ts';
export { knownResource, unknownResource } from './resource.ts';
