import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../../core/index.ts';
import { digestOfHex, hexOf } from './digest.ts';
import { VerifyError } from './errors.ts';
import type { RotationEntry } from './examine.ts';
import type { Subtree } from './range.ts';
import type { Last } from './sequence.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const place = z.int().min(0);
const size = z.strictObject({ size: place, root: hex });

const schema = z.strictObject({
  v: z.literal(1),
  source: z.string(),
  key: z.string(),
  position: place,
  subtrees: z.array(z.strictObject({ height: place, index: place, hash: hex })),
  lastHash: hex.nullable(),
  lastTs: z.string(),
  rotations: z.array(z.strictObject({ seq: place, from: z.string(), to: z.string() })),
  roots: z.array(size),
  verified: size.nullable(),
});

/** What was verified of a log so far: entries up to `next`, without a fault. */
export type Progress = {
  readonly next: number;
  readonly last: Last;
  readonly subtrees: readonly Subtree[];
  readonly rotations: readonly RotationEntry[];
  /** Roots at the sizes that were asked for; hex. */
  readonly roots: ReadonlyMap<number, string>;
  /** The newest checkpoint that was verified to its end. */
  readonly verified: { readonly size: number; readonly root: string } | null;
};

/** A state belongs to one source and one key; with others it says nothing. */
export type StateOwner = { readonly source: string; readonly key: string };

/** Reads what an earlier run kept; undefined when there is none. @throws VerifyError `verify.state_malformed` */
export async function readState(file: string, owner: StateOwner): Promise<Progress | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw malformed(file, messageOf(error), error);
  });
  if (text === undefined) return undefined;
  const state = parse(file, text);
  if (state.source !== owner.source || state.key !== owner.key)
    throw malformed(file, `it is of \`${state.source}\` and key \`${state.key.split('+').slice(0, 2).join('+')}\``);
  if (!covers(state.subtrees, state.position)) throw malformed(file, 'its subtrees do not cover what it says was verified');
  return {
    next: state.position,
    last: { hash: state.lastHash, ts: state.lastTs },
    subtrees: state.subtrees.map((subtree) => ({ ...subtree, hash: digestOfHex(subtree.hash) })),
    rotations: state.rotations,
    roots: new Map(state.roots.map((known) => [known.size, known.root])),
    verified: state.verified,
  };
}

/** Writes the state whole or not at all. */
export async function writeState(file: string, { source, key }: StateOwner, progress: Progress): Promise<void> {
  const state: z.infer<typeof schema> = {
    v: 1,
    source,
    key,
    position: progress.next,
    subtrees: progress.subtrees.map((subtree) => ({ ...subtree, hash: hexOf(subtree.hash) })),
    lastHash: progress.last.hash,
    lastTs: progress.last.ts,
    rotations: [...progress.rotations],
    roots: [...progress.roots].map(([at, root]) => ({ size: at, root })),
    verified: progress.verified,
  };
  await writeWhole(file, `${JSON.stringify(state)}\n`);
}

/** A reader sees the file before or after, never in between. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.partial`;
  try {
    await writeFile(temporary, text, { flush: true });
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new VerifyError('verify.file_unreadable', `cannot write \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'name a file in a folder that can be written',
    });
  }
}

function parse(file: string, text: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw malformed(file, 'it is no state of ours', cause);
  }
}

/** The perfect subtrees of a size are one for each of its binary ones, the largest first. */
function covers(subtrees: readonly { height: number; index: number }[], position: number): boolean {
  let from = 0;
  let before = Number.POSITIVE_INFINITY;
  for (const { height, index } of subtrees) {
    const leaves = 2 ** height;
    if (height >= before || index * leaves !== from) return false;
    before = height;
    from += leaves;
  }
  return from === position;
}

function malformed(file: string, why: string, cause?: unknown): VerifyError {
  return new VerifyError('verify.state_malformed', `the state \`${file}\` cannot be used: ${why}`, {
    cause,
    remedy: 'give the same log and key as when it was written, or another file to begin anew',
  });
}
