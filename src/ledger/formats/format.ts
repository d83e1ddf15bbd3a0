import type { SequencedLeaf } from '../store.ts';

/** How entries are written, one after the other. */
export type EntryFormat = {
  /** What stands before the first entry; empty for none. */
  readonly head: string;
  /** One entry, with its line end. */
  readonly write: (leaf: SequencedLeaf) => string | Buffer;
};
