export { Activations } from './activations.ts';
export { type Divergence, divergencesOf } from './divergences.ts';
export { loadActive } from './load.ts';
export { type BundleParts, publishPolicy } from './publish.ts';
export { rollbackPolicy } from './rollback.ts';
export { Shadow } from './shadow.ts';
export { type Activation, activationsOf } from './store.ts';
