import { isJsonObject, parseCanonical } from '../../core/index.ts';
import type { VerifiedCheckpoint } from './checkpoint.ts';
import { hashLeaf, RootBuilder } from './tree.ts';

/** One thing that is wrong with a log, with the entry it concerns. */
export type Fault = {
  readonly kind:
    | 'entry.malformed'
    | 'entry.altered'
    | 'entry.missing'
    | 'entry.foreign'
    | 'root.mismatch'
    | 'size.mismatch'
    | 'history.rewritten';
  /** The seq of the entry concerned; null when it concerns the log as a whole. */
  readonly seq: number | null;
  readonly message: string;
};

export type LogReport = {
  readonly log: string;
  readonly entries: number;
  readonly root: string;
  readonly checkpointSize: number;
  readonly faults: readonly Fault[];
};

/** How many faults of entries are listed; one that is missing makes as many consequences as entries follow it. */
const MAX_FAULTS = 20;

/**
 * Rebuilds a log from its leaf bodies and compares it with a checkpoint that was verified before: form, dense seq, the chain
 * of `prev`, the log's name, the size and the root. Reads the entries once, in order, at constant memory.
 */
export async function verifyEntries(
  bodies: AsyncIterable<Buffer>,
  checkpoint: VerifiedCheckpoint,
  since?: VerifiedCheckpoint,
): Promise<LogReport> {
  const log = checkpoint.origin.slice(checkpoint.origin.lastIndexOf('/') + 1);
  const tree = new RootBuilder();
  const faults: Fault[] = [];
  let expected = 0;
  let rootThen = tree.root();
  let previous: Buffer | null = null;
  for await (const body of bodies) {
    const found = checkEntry(body, { log, seq: expected, previous });
    faults.push(...found.slice(0, MAX_FAULTS - faults.length));
    previous = hashLeaf(body);
    tree.add(previous);
    expected += 1;
    if (expected === since?.size) rootThen = tree.root();
  }
  faults.push(...checkWhole(expected, tree.root(), checkpoint, faults.length > 0));
  if (since !== undefined) faults.push(...checkHistory(expected, rootThen, since));
  return { log, entries: expected, root: tree.root().toString('hex'), checkpointSize: checkpoint.size, faults };
}

function checkEntry(body: Buffer, expected: { log: string; seq: number; previous: Buffer | null }): Fault[] {
  const { log, seq, previous } = expected;
  const entry = readEntry(body);
  if (entry === undefined) return [{ kind: 'entry.malformed', seq, message: `entry ${seq} is not canonical JSON of version 1` }];
  if (entry.seq !== seq)
    return [{ kind: 'entry.missing', seq, message: `where entry ${seq} must be there is one that says it is ${entry.seq}` }];
  const faults: Fault[] = [];
  if (entry.log !== log) faults.push({ kind: 'entry.foreign', seq, message: `entry ${seq} belongs to log \`${entry.log}\`` });
  if (entry.prev !== (previous?.toString('hex') ?? null)) {
    const altered = Math.max(seq - 1, 0);
    faults.push({ kind: 'entry.altered', seq: altered, message: `entry ${altered} is not what entry ${seq} recorded as its predecessor` });
  }
  return faults;
}

function readEntry(body: Buffer): { seq: unknown; log: unknown; prev: unknown } | undefined {
  try {
    const entry = parseCanonical(body);
    return isJsonObject(entry) && entry['v'] === 1 ? { seq: entry['seq'], log: entry['log'], prev: entry['prev'] } : undefined;
  } catch {
    return undefined; // whatever is wrong with the bytes, the entry is malformed
  }
}

function checkWhole(entries: number, root: Buffer, checkpoint: VerifiedCheckpoint, explained: boolean): Fault[] {
  if (entries !== checkpoint.size) {
    return [{ kind: 'size.mismatch', seq: null, message: `there are ${entries} entries, the signed checkpoint has ${checkpoint.size}` }];
  }
  if (root.equals(checkpoint.root)) return [];
  if (explained)
    return [{ kind: 'root.mismatch', seq: null, message: 'the root differs from the signed checkpoint, as the entries above explain' }];
  const last = entries - 1;
  return [
    {
      kind: 'root.mismatch',
      seq: last,
      message: `the root differs from the signed checkpoint though the chain holds: entry ${last} was altered, or the whole log was rewritten`,
    },
  ];
}

/** Everything else may agree with itself and still be another history: what was signed and kept elsewhere tells. */
function checkHistory(entries: number, rootThen: Buffer, since: VerifiedCheckpoint): Fault[] {
  if (entries >= since.size && rootThen.equals(since.root)) return [];
  const message =
    entries < since.size
      ? `the log has ${entries} entries, the checkpoint kept from earlier has ${since.size}`
      : `the first ${since.size} entries are not those of the checkpoint kept from earlier`;
  return [{ kind: 'history.rewritten', seq: null, message }];
}
