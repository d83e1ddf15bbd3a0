import { isSignedBy, parseCheckpoint, type VerifiedCheckpoint } from './checkpoint.ts';
import type { RotationEntry } from './examine.ts';
import type { Fault } from './fault.ts';
import { type Note, parseNote } from './note.ts';
import { parseVerifierKey, type VerifierKey } from './verifier-key.ts';

export type KeyChainInput = {
  /** The key that was handed over. */
  readonly given: VerifierKey;
  readonly checkpoint: Note;
  readonly rotations: readonly Note[];
  /** Entries `ledger.key_rotated` of the log, in order. */
  readonly entries: readonly RotationEntry[];
  /** The root that the entries give at a size. */
  readonly rootAt: (size: number) => Buffer | undefined;
  /** Something is wrong with the entries: then no root can be right, which is told already, and the signatures alone lead on. */
  readonly isDamaged: boolean;
};

export type KeyChain = {
  /** From the key that was given to the newest. */
  readonly keys: readonly VerifierKey[];
  readonly faults: readonly Fault[];
};

/**
 * Follows the rotations of a log's key. Each is proven by an entry `ledger.key_rotated {from, to}` and by a checkpoint that covers
 * it, has the root of these very entries, and is signed by both keys. The newest checkpoint must be signed by the newest key: one
 * signed by a key that was given up proves nothing.
 */
export function followKeys(input: KeyChainInput): KeyChain {
  const keys = [input.given];
  const faults: Fault[] = [];
  let after = -1;
  for (;;) {
    const key = keys.at(-1) ?? input.given;
    const claims = input.entries.filter((entry) => entry.seq > after && entry.from === key.text);
    const [first] = claims;
    if (first === undefined) break;
    const next = claims.map((entry) => ({ seq: entry.seq, to: provenTo(input, entry, key) })).find(({ to }) => to !== undefined);
    if (next?.to === undefined) {
      faults.push(unproven(first.seq, `the key was changed by entry ${first.seq}, and no checkpoint signed by both keys proves it`));
      break;
    }
    keys.push(next.to);
    after = next.seq;
  }
  const newest = keys.at(-1) ?? input.given;
  if (faults.length === 0 && !isSignedBy(input.checkpoint, newest))
    faults.push(
      unproven(null, `the checkpoint is not signed by the log's key \`${newest.name}+${newest.id}\`, to which the key given leads`),
    );
  return { keys, faults };
}

/** The keys that came before one, by what the log says: good enough to read old checkpoints with, which can only find faults. */
export function earlierKeys(key: VerifierKey, entries: readonly RotationEntry[]): VerifierKey[] {
  const found: VerifierKey[] = [];
  let wanted = key.text;
  for (const { from, to } of entries.toReversed()) {
    const earlier = to === wanted ? keyOrUndefined(from) : undefined;
    if (earlier === undefined || earlier.name !== key.name) continue;
    found.push(earlier);
    wanted = earlier.text;
  }
  return found;
}

/** The key that an entry hands over to; undefined when that is not proven, as where a gateway died before it signed. */
function provenTo(
  { checkpoint, rotations, rootAt, isDamaged }: KeyChainInput,
  entry: RotationEntry,
  from: VerifierKey,
): VerifierKey | undefined {
  const to = keyOrUndefined(entry.to);
  if (to === undefined || to.name !== from.name) return undefined;
  const isProven = [...rotations, checkpoint].some((note) => {
    const { origin, size, root } = parseCheckpoint(note);
    const covers = origin === from.name && size > entry.seq && isSignedBy(note, from) && isSignedBy(note, to);
    return covers && (isDamaged || rootAt(size)?.equals(root) === true);
  });
  return isProven ? to : undefined;
}

function keyOrUndefined(text: string): VerifierKey | undefined {
  try {
    return parseVerifierKey(text);
  } catch {
    return undefined; // an entry can say anything; that this is no key is told by the fault
  }
}

function unproven(seq: number | null, message: string): Fault {
  return { kind: 'key.unproven', seq, message };
}

/** A checkpoint as it says of itself, and its note. */
export function readCheckpoint(text: string): VerifiedCheckpoint & { readonly note: Note } {
  const note = parseNote(text);
  return { ...parseCheckpoint(note), note };
}
