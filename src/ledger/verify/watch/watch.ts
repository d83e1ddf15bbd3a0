import { isSignedBy } from '../checkpoint.ts';
import { bytesOf } from '../digest.ts';
import { VerifyError } from '../errors.ts';
import type { Fault } from '../fault.ts';
import { readCheckpoint } from '../key-chain.ts';
import { TileNodes } from '../nodes.ts';
import { CompactRange } from '../range.ts';
import type { LogSource } from '../source/source.ts';
import { parseVerifierKey, type VerifierKey } from '../verifier-key.ts';
import { verifyLog } from '../verify-log.ts';
import { rotatedKey } from './rotated-key.ts';
import { keepEvidence, readWatchState, type WatchState, writeWatchState } from './watch-state.ts';

export type WatchOptions = {
  readonly key: string;
  /** Keeps the newest checkpoint that was found good. */
  readonly state: string;
  /** Verify the new entries too, not only that the tree grew. */
  readonly full?: boolean | undefined;
  /** Seconds after which a checkpoint that does not change is an alarm. */
  readonly staleAfter?: number | undefined;
  readonly now: () => Date;
};

/** What is wrong, with the files that prove it. */
export type Alarm = {
  readonly kind: Fault['kind'] | 'checkpoint.invalid' | 'checkpoint.stale';
  readonly message: string;
  readonly evidence: readonly string[];
};
export type Look =
  | { readonly result: 'first' | 'same' | 'grown'; readonly size: number; readonly before: number }
  | { readonly result: 'alarm'; readonly alarm: Alarm };

type Signed = ReturnType<typeof readCheckpoint>;
type Problem = Pick<Alarm, 'kind' | 'message'>;

/**
 * Looks once whether a log continues what was seen of it before. What was good is kept, atomically, and only replaced by what was
 * proven to continue it; of what contradicts it both notes are kept beside the state.
 *
 * @throws VerifyError when the log cannot be read, or the state is of another one: then nothing is known
 */
export async function watchOnce(source: LogSource, options: WatchOptions): Promise<Look> {
  const given = parseVerifierKey(options.key);
  const state = await readWatchState(options.state, { source: source.name, key: given.text });
  const text = await source.checkpoint();
  const seen = read(text);
  if ('kind' in seen) return alarm(options, state, text, seen);
  const key = await keyOf(source, seen, state === undefined ? given : parseVerifierKey(state.current), state);
  if (key === undefined) return alarm(options, state, text, wrongKey(seen));
  const problem = await inspect(source, { seen, state, key, options, text });
  if (problem !== undefined) return alarm(options, state, text, problem);
  if (state?.size === seen.size) return sameAgain(options, state, text);
  const since = options.now().toISOString();
  const sizeBefore = state?.size ?? 0;
  const identity = { v: 1 as const, source: source.name, key: given.text };
  await writeWatchState(options.state, { ...identity, current: key.text, note: text, size: seen.size, sizeBefore, since });
  return { result: state === undefined ? 'first' : 'grown', size: seen.size, before: sizeBefore };
}

/** A log that cannot even say what it is has no excuse: what is not a note is an alarm as well. */
function read(text: string): Signed | Problem {
  try {
    return readCheckpoint(text);
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error;
    return { kind: 'checkpoint.invalid', message: error.message };
  }
}

/** The key that signs now: the one known, or one that it was changed to, step by step. */
async function keyOf(source: LogSource, seen: Signed, known: VerifierKey, state: WatchState | undefined): Promise<VerifierKey | undefined> {
  if (seen.origin !== known.name) return undefined;
  let key: VerifierKey | undefined = known;
  for (let steps = 0; key !== undefined && steps < 100; steps += 1) {
    if (isSignedBy(seen.note, key)) return key;
    key = await rotatedKey(source, key, state?.sizeBefore ?? 0);
  }
  return undefined;
}

function wrongKey({ origin, size }: Signed): Problem {
  const message = `the checkpoint of \`${origin}\` for ${size} entries is not signed by the log's key, nor by one that it was changed to`;
  return { kind: 'key.unproven', message };
}

type Inspection = {
  readonly seen: Signed;
  readonly state: WatchState | undefined;
  readonly key: VerifierKey;
  readonly options: WatchOptions;
  readonly text: string;
};

async function inspect(source: LogSource, { seen, state, options }: Inspection): Promise<Problem | undefined> {
  const kept = state === undefined ? undefined : readCheckpoint(state.note);
  const problem = kept === undefined ? undefined : contradiction(kept, seen);
  if (problem !== undefined) return problem;
  const isNew = kept?.size !== seen.size;
  const grown = isNew && source.tile !== undefined ? await checkTiles(source.tile, kept, seen) : undefined;
  if (grown !== undefined || !isNew || !(options.full === true || source.tile === undefined)) return grown;
  const since = state === undefined ? [] : [state.note];
  const { faults } = await verifyLog(source, { key: options.key, since, state: `${options.state}.verified` });
  return faults[0];
}

/** What two checkpoints say of each other without any proof. */
function contradiction(kept: Signed, seen: Signed): Problem | undefined {
  if (seen.size < kept.size)
    return { kind: 'history.rewritten', message: `the log has ${seen.size} entries, ${kept.size} were signed before` };
  if (seen.size === kept.size && !seen.root.equals(kept.root))
    return { kind: 'history.forked', message: `two checkpoints for ${seen.size} entries have different roots` };
  return undefined;
}

/**
 * Consistency through tiles: the subtrees of what was kept give its root, and with those that follow the new one. Only the tiles on
 * the two edges are read.
 */
async function checkTiles(tile: NonNullable<LogSource['tile']>, kept: Signed | undefined, seen: Signed): Promise<Problem | undefined> {
  const nodes = new TileNodes(tile, seen.size);
  const before = kept?.size ?? 0;
  const range = new CompactRange(await nodes.range(0, before));
  const rootBefore = bytesOf(range.root());
  range.join(await nodes.range(before, seen.size));
  if (!bytesOf(range.root()).equals(seen.root))
    return { kind: 'tile.mismatch', message: `the tiles do not have the root that was signed for ${seen.size} entries` };
  if (kept === undefined || rootBefore.equals(kept.root)) return undefined;
  return { kind: 'history.rewritten', message: `the log at ${seen.size} entries does not continue the one that was signed at ${before}` };
}

async function alarm(options: WatchOptions, state: WatchState | undefined, seen: string, problem: Problem): Promise<Look> {
  const kept = state === undefined ? [] : [await keepEvidence(options.state, 'kept', state.note)];
  const evidence = [...kept, await keepEvidence(options.state, 'seen', seen)];
  return { result: 'alarm', alarm: { kind: problem.kind, message: problem.message, evidence } };
}

/** Nothing new: good, unless that lasts too long. */
async function sameAgain(options: WatchOptions, state: WatchState, seen: string): Promise<Look> {
  const age = (options.now().getTime() - Date.parse(state.since)) / 1_000;
  if (options.staleAfter === undefined || age <= options.staleAfter) return { result: 'same', size: state.size, before: state.size };
  const message = `the checkpoint for ${state.size} entries has not changed for ${Math.floor(age)} seconds`;
  return alarm(options, state, seen, { kind: 'checkpoint.stale', message });
}
