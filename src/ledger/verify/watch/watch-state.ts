import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../../../core/index.ts';
import { VerifyError } from '../errors.ts';
import { writeWhole } from '../state.ts';

const schema = z.strictObject({
  v: z.literal(1),
  source: z.string(),
  /** The key as it was handed over, and the one that signs now. */
  key: z.string(),
  current: z.string(),
  /** The newest checkpoint that was found good. */
  note: z.string(),
  size: z.int().min(0),
  /** Size of the one before it. */
  sizeBefore: z.int().min(0),
  /** When it was first seen; RFC 3339. */
  since: z.iso.datetime(),
});

export type WatchState = z.infer<typeof schema>;

/** @throws VerifyError `verify.state_malformed`, also when it is of another log or key */
export async function readWatchState(file: string, owner: { source: string; key: string }): Promise<WatchState | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw malformed(file, messageOf(error), error);
  });
  if (text === undefined) return undefined;
  const state = parse(file, text);
  if (state.source === owner.source && state.key === owner.key) return state;
  throw malformed(file, `it is of \`${state.source}\``);
}

function parse(file: string, text: string): WatchState {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw malformed(file, 'it is no state of ours', cause);
  }
}

export function writeWatchState(file: string, state: WatchState): Promise<void> {
  return writeWhole(file, `${JSON.stringify(state, null, 2)}\n`);
}

/** Keeps a note beside the state, under a name of its own: two that contradict each other are the proof of what happened. */
export async function keepEvidence(file: string, which: 'kept' | 'seen', note: string): Promise<string> {
  const name = `${file}.${which}-${createHash('sha256').update(note).digest('hex').slice(0, 16)}`;
  await writeFile(name, note, { flag: 'wx', flush: true }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  return name;
}

function malformed(file: string, why: string, cause?: unknown): VerifyError {
  return new VerifyError('verify.state_malformed', `the state \`${file}\` cannot be used: ${why}`, {
    cause,
    remedy: 'give the log and the key it was made with, or another file for another log; do not delete it: it is what you know',
  });
}
