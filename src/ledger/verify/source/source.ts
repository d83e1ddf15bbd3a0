import type { Fault, Note } from '../fault.ts';

/** Some leaf bodies that follow each other, as a source reads them. */
export type Page = {
  readonly bytes: Buffer;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Where the source says that each stands; without it they are dense. */
  readonly slots?: Float64Array;
  /** The hashes that the source keeps beside the bodies, 32 bytes each. */
  readonly column?: Uint8Array;
  /** The slots that this page answers for, whether there is a body in each or not. */
  readonly slotRange?: { readonly from: number; readonly until: number };
  /** What is wrong with the page itself. */
  readonly faults?: readonly Fault[];
};

/** What the whole log came to, for what a source has to compare with it. */
export type Outcome = {
  readonly entries: number;
  readonly root: Buffer;
  readonly lastHash: string | null;
  /** Nothing was wrong so far: root and last hash are those that the log should have. */
  readonly isSound: boolean;
};

/** Where a log is read from. Nothing that a source gives is trusted. */
export type LogSource = {
  /** What a person calls it; a state file belongs to one name. */
  readonly name: string;
  /** The newest checkpoint, a signed note. */
  checkpoint(): Promise<string>;
  /** Notes signed by an old and a new key, oldest first. */
  rotations(): Promise<readonly string[]>;
  /** The key that came along with the log, which proves only that the log agrees with itself. */
  verifierKey(): Promise<string | undefined>;
  /** How many entries it says it has beyond what is signed; undefined when it holds what the checkpoint covers and nothing else. */
  length?(): Promise<number | undefined>;
  /** The seq of the oldest entry that it has, of `size`; without it, 0. Older ones may have been stored away. */
  begins?(size: number): Promise<number>;
  /** Leaf bodies in order, from a place on, to `until`; a source that cannot tell what lies behind gives everything it has. */
  pages(from: number, until: number): AsyncIterable<Page>;
  /** The first `width` hashes of a stored tile; undefined when it is not there. A source without tiles has no such method. */
  tile?(level: number, index: number, width: number): Promise<Buffer | undefined>;
  /** What only this source can compare, once everything was read. */
  conclude?(outcome: Outcome): Promise<{ readonly faults: readonly Fault[]; readonly notes: readonly Note[] }>;
  close(): Promise<void>;
};
