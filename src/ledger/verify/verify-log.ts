import { availableParallelism } from 'node:os';
import { beginAfterArchived, checkArchived } from './archived.ts';
import { batchesOf } from './batches.ts';
import { isSignedBy, logOf, type VerifiedCheckpoint } from './checkpoint.ts';
import { type Cosigned, verifyCosignatures, type WitnessPolicy } from './cosignature.ts';
import { VerifyError } from './errors.ts';
import type { Examined } from './examine.ts';
import { type Fault, MAX_FAULTS, type Note } from './fault.ts';
import { earlierKeys, followKeys, type KeyChainInput, readCheckpoint } from './key-chain.ts';
import type { parseNote } from './note.ts';
import { Pass } from './pass.ts';
import { ExaminePool } from './pool.ts';
import type { LogSource } from './source/source.ts';
import { type Progress, readState, writeState } from './state.ts';
import { checkpointIn } from './tlog-proof.ts';
import { parseVerifierKey, type VerifierKey } from './verifier-key.ts';

export type VerifyOptions = {
  /** The log's key as it was handed over earlier. One that comes with the log proves only that the log agrees with itself. */
  readonly key?: string | undefined;
  /** Checkpoints kept from earlier, also in receipts (tlog-proof): the log must continue each. */
  readonly since?: readonly string[] | undefined;
  readonly witnesses?: WitnessPolicy | undefined;
  /** Threads; by default one a core. */
  readonly workers?: number | undefined;
  /** A file that keeps what was verified, for a later run to go on from. */
  readonly state?: string | undefined;
  /** Keep the state each time so many entries were verified. */
  readonly saveEvery?: number | undefined;
  /** Ends the run early: the state is kept, and what the signal was aborted with is thrown. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((entries: number, total: number) => void) | undefined;
};

export type LogReport = {
  readonly log: string;
  readonly entries: number;
  /** Of the entries, in order; hex. */
  readonly root: string;
  readonly checkpointSize: number;
  /** Where this run began: what is before was verified by an earlier one. */
  readonly resumedAt: number;
  readonly faults: readonly Fault[];
  readonly notes: readonly Note[];
  readonly keySource: 'given' | 'export';
  /** The key that signs today: another than the given one after a rotation. */
  readonly verifierKey: string;
  readonly witnesses: readonly Cosigned[];
};

/** A log shorter than this is verified before threads would have started. */
const THREADS_FROM = 20_000;
const MAX_WORKERS = 16;
const SAVE_EVERY = 200_000;

type Signed = VerifiedCheckpoint & { readonly note: ReturnType<typeof parseNote> };

/** What is known before the first entry is read. */
type Preparation = {
  readonly key: VerifierKey;
  readonly keySource: 'given' | 'export';
  readonly checkpoint: Signed;
  readonly rotations: readonly Signed[];
  readonly since: readonly Signed[];
  readonly witnesses: readonly Cosigned[];
  /** Sizes at which the root must be known. */
  readonly asked: readonly number[];
};

/**
 * Verifies a whole log: rebuilds it from its leaf bodies and compares it with its signed checkpoint, with the checkpoints kept from
 * earlier, and with everything else that the source stores. Reads the entries once, in order, at constant memory.
 *
 * @throws VerifyError when there is nothing to compare with: no checkpoint, one that is not signed, a source that cannot be read
 */
export async function verifyLog(source: LogSource, options: VerifyOptions = {}): Promise<LogReport> {
  const prepared = await prepare(source, options);
  const { checkpoint, key, asked } = prepared;
  const owner = { source: source.name, key: key.text };
  const kept = options.state === undefined ? undefined : await readState(options.state, owner);
  const { resumed, notes } = whereToResume(kept, asked);
  const until = Math.max(checkpoint.size, (await source.length?.()) ?? 0);
  const begin = resumed === undefined ? await beginAfterArchived(source, checkpoint.size, asked) : undefined;
  const pass = new Pass(source, { checkpoint, until, resumed, begin, asked });
  const save = async (verified: Progress['verified']) => {
    const progress = pass.progress(verified);
    if (options.state !== undefined && progress !== undefined) await writeState(options.state, owner, progress);
  };
  // That what is not there was stored away shows at the end only: until then there is nothing to keep.
  const saveSoFar = async () => (begin === undefined ? save(kept?.verified ?? null) : undefined);
  await readAll(source, { prepared, pass, options, save: saveSoFar });
  const found = await pass.finish();
  const gone = await checkArchived(source, { first: begin?.next ?? 0, size: checkpoint.size, entries: pass.archived });
  const chain = followKeys(keyChainOf(prepared, pass, found.faults.length > 0));
  const known = [...chain.keys, ...earlierKeys(key, pass.rotations)];
  const faults = [
    ...gone.faults,
    ...found.faults,
    ...chain.faults,
    ...checkKept(kept, checkpoint),
    ...checkSince(prepared, pass, known),
  ].slice(0, MAX_FAULTS);
  if (faults.length === 0) await save({ size: checkpoint.size, root: checkpoint.root.toString('hex') });
  const newest = chain.keys.at(-1) ?? key;
  const summary = {
    log: logOf(checkpoint.origin),
    entries: pass.entries,
    root: pass.root().toString('hex'),
    checkpointSize: checkpoint.size,
  };
  const { keySource, witnesses } = prepared;
  const all = { ...summary, resumedAt: resumed?.next ?? 0, faults, notes: [...notes, ...gone.notes, ...found.notes] };
  return { ...all, keySource, verifierKey: newest.text, witnesses };
}

async function prepare(source: LogSource, { key: given, since = [], witnesses }: VerifyOptions): Promise<Preparation> {
  const text = await source.checkpoint();
  const checkpoint = readCheckpoint(text);
  const key = parseVerifierKey(given ?? (await source.verifierKey()) ?? noKey());
  if (checkpoint.origin !== key.name)
    throw new VerifyError('verify.origin_mismatch', `the checkpoint is of \`${checkpoint.origin}\`, the key is of \`${key.name}\``);
  const rotations = (await source.rotations()).map(readCheckpoint);
  if (rotations.length === 0 && !isSignedBy(checkpoint.note, key))
    throw new VerifyError('verify.signature_invalid', `no valid signature of \`${key.name}\` on the checkpoint`);
  const earlier = since.map((kept) => ofSameLog(readCheckpoint(checkpointIn(kept)), key));
  return {
    key,
    keySource: given === undefined ? 'export' : 'given',
    checkpoint,
    rotations,
    since: earlier,
    witnesses: witnesses === undefined ? [] : verifyCosignatures(text, witnesses),
    asked: [checkpoint, ...rotations, ...earlier].map(({ size }) => size),
  };
}

function keyChainOf({ key, checkpoint, rotations }: Preparation, pass: Pass, isDamaged: boolean): KeyChainInput {
  const notes = rotations.map(({ note }) => note);
  return {
    given: key,
    checkpoint: checkpoint.note,
    rotations: notes,
    entries: pass.rotations,
    rootAt: (size) => pass.rootAt(size),
    isDamaged,
  };
}

function noKey(): never {
  throw new VerifyError('verify.key_malformed', 'no verifier key was given, and none comes with the log', {
    remedy: 'give --key with the verifier key that was handed to you',
  });
}

function ofSameLog(kept: Signed, key: VerifierKey): Signed {
  if (kept.origin === key.name) return kept;
  throw new VerifyError('verify.origin_mismatch', `a checkpoint kept from earlier is of \`${kept.origin}\`, the key is of \`${key.name}\``);
}

/** A state serves as far as it goes, if it knows the root at every size that is asked for. */
function whereToResume(kept: Progress | undefined, asked: readonly number[]): { resumed: Progress | undefined; notes: Note[] } {
  if (kept === undefined) return { resumed: undefined, notes: [] };
  const unknown = asked.find((size) => size < kept.next && !kept.roots.has(size));
  if (unknown === undefined) return { resumed: kept, notes: [] };
  const message = `the state does not have the root at ${unknown}: the log was verified from its beginning`;
  return { resumed: undefined, notes: [{ kind: 'state.unused', seq: null, message }] };
}

type Reading = {
  readonly prepared: Preparation;
  readonly pass: Pass;
  readonly options: VerifyOptions;
  readonly save: () => Promise<void>;
};

/** Reads and examines everything, some batches ahead of what was put together. */
async function readAll(source: LogSource, reading: Reading): Promise<void> {
  const { prepared, pass, options, save } = reading;
  const { checkpoint, asked: cuts } = prepared;
  const pool = new ExaminePool(logOf(checkpoint.origin), threadsFor(checkpoint.size - pass.entries, options.workers));
  const underWay: Promise<Examined>[] = [];
  const settle = settler(reading);
  try {
    for await (const { batch, faults } of batchesOf(source, { from: pass.entries, until: pass.until, cuts, treeSize: checkpoint.size })) {
      pass.addFaults(faults);
      underWay.push(pool.examine(batch));
      if (underWay.length >= 2 * pool.size) await settle(underWay.shift());
      if (options.signal?.aborted === true) break;
    }
    for (const examined of underWay) await settle(examined);
    if (options.signal?.aborted === true) await save();
    options.signal?.throwIfAborted();
  } finally {
    await pool.close();
  }
}

/** Adds what was found of a batch, tells of it, and keeps the state now and then. */
function settler({ prepared, pass, options, save }: Reading): (examined: Promise<Examined> | undefined) => Promise<void> {
  let saved = pass.entries;
  return async (examined) => {
    if (examined === undefined) return;
    await pass.add(await examined);
    options.onProgress?.(pass.entries, prepared.checkpoint.size);
    if (pass.entries - saved < (options.saveEvery ?? SAVE_EVERY)) return;
    saved = pass.entries;
    await save();
  };
}

function threadsFor(entries: number, asked: number | undefined): number {
  if (asked !== undefined) return asked;
  return entries < THREADS_FROM ? 1 : Math.min(availableParallelism(), MAX_WORKERS);
}

/** What an earlier run verified to its end must be the beginning of today's log. */
function checkKept(kept: Progress | undefined, checkpoint: VerifiedCheckpoint): Fault[] {
  const before = kept?.verified;
  if (before === undefined || before === null || checkpoint.size > before.size) return [];
  if (checkpoint.size === before.size) {
    if (checkpoint.root.toString('hex') === before.root) return [];
    return [forked(checkpoint.size, 'this one and the one that was verified before')];
  }
  return [rewritten(`the checkpoint is for ${checkpoint.size} entries, ${before.size} were verified before`)];
}

/** Everything else may agree with itself and still be another history: what was signed and kept elsewhere tells. */
function checkSince({ checkpoint, since }: Preparation, pass: Pass, keys: readonly VerifierKey[]): Fault[] {
  const roots = new Map([[checkpoint.size, checkpoint.root]]);
  return since.flatMap((kept) => {
    if (!keys.some((key) => isSignedBy(kept.note, key)))
      throw new VerifyError(
        'verify.signature_invalid',
        `no valid signature of \`${kept.origin}\` on a checkpoint kept from earlier, for ${kept.size}`,
      );
    const signed = roots.get(kept.size) ?? kept.root;
    roots.set(kept.size, signed);
    if (!signed.equals(kept.root)) return [forked(kept.size, 'of those given')];
    if (kept.size > pass.entries)
      return [rewritten(`the log has ${pass.entries} entries, the checkpoint kept from earlier has ${kept.size}`)];
    if (pass.rootAt(kept.size)?.equals(kept.root) === true || kept.size === checkpoint.size) return [];
    return [rewritten(`the first ${kept.size} entries are not those of the checkpoint kept from earlier`)];
  });
}

function forked(size: number, which: string): Fault {
  return { kind: 'history.forked', seq: null, message: `two checkpoints for ${size} entries have different roots: ${which}` };
}

function rewritten(message: string): Fault {
  return { kind: 'history.rewritten', seq: null, message };
}
