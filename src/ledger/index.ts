export type { Checkpoint } from './checkpoint.ts';
export { LedgerError } from './errors.ts';
export { exportLog } from './export.ts';
export { LedgerKey } from './keys.ts';
export type { Entry, Leaf, LedgerActor } from './leaf.ts';
export { type InclusionProof, Ledger, type LedgerOptions, type Receipt } from './ledger.ts';
export { type ExportProof, proofsFromExport } from './proofs-from-export.ts';
export { exportedLeaves } from './read-export.ts';
export type { SequencedLeaf } from './store.ts';
