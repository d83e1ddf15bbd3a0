/** One thing that is wrong with a log, with the entry it concerns. docs/verify.md says of each what it means. */
export type Fault = {
  readonly kind:
    | 'entry.malformed'
    | 'entry.altered'
    | 'entry.missing'
    | 'entry.misplaced'
    | 'entry.repeated'
    | 'entry.foreign'
    | 'row.mismatch'
    | 'tile.mismatch'
    | 'head.mismatch'
    | 'root.mismatch'
    | 'size.mismatch'
    | 'key.unproven'
    | 'history.rewritten'
    | 'history.forked';
  /** The seq of the entry concerned; null when it concerns the log as a whole. */
  readonly seq: number | null;
  readonly message: string;
};

/** What is worth knowing and proves nothing wrong. */
export type Note = {
  readonly kind: 'clock.back' | 'chain.rebuilt' | 'entries.archived' | 'unsigned.tail' | 'state.unused';
  readonly seq: number | null;
  readonly message: string;
};

/** How many faults, and how many notes, are listed. */
export const MAX_FAULTS = 20;

/** `5`, or `5 to 9`. */
export function placesOf(first: number, count: number): string {
  return count === 1 ? `${first}` : `${first} to ${first + count - 1}`;
}
