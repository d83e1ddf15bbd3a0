import { type Clock, epochSeconds } from '../core/index.ts';
import { isConsistent } from '../ledger/verify/index.ts';
import type { WitnessKey } from './key.ts';
import { type Logs, signaturesOf } from './logs.ts';
import type { Known, Memory } from './memory.ts';
import { type AddCheckpoint, parseAddCheckpoint } from './request.ts';

/** The status and body of an answer; `size` is the body of 409 (https://c2sp.org/tlog-witness). */
export type Answer =
  | { readonly status: 200; readonly cosignature: string }
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422; readonly reason: string };

/** A line for the operator. `fork`: the log signed two histories; keep the note, it is the evidence. */
export type WitnessEvent =
  | { readonly kind: 'cosigned'; readonly origin: string; readonly size: number }
  | { readonly kind: 'inconsistent' | 'fork'; readonly origin: string; readonly known: number; readonly note: string };

export type Witnessing = {
  readonly key: WitnessKey;
  readonly logs: Logs;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly onEvent?: ((event: WitnessEvent) => void) | undefined;
  /** How a test comes between the steps. */
  readonly hooks?: { readonly beforePersist?: () => Promise<void>; readonly beforeSign?: () => Promise<void> } | undefined;
};

/**
 * Cosigns a checkpoint that continues what this witness cosigned before. Checks first; then remembers, in one step that fails when
 * another request was faster; and only then signs. So nothing that it signed can ever be followed by less, or by another history.
 */
export async function addCheckpoint(witness: Witnessing, body: string): Promise<Answer> {
  const request = parseAddCheckpoint(body);
  if (request === undefined) return { status: 400, reason: 'this is not an add-checkpoint request' };
  const { origin, size } = request.checkpoint;
  const keys = witness.logs.get(origin);
  if (keys === undefined) return { status: 404, reason: 'this witness does not watch that log' };
  const signatures = signaturesOf(request.note, keys);
  if (signatures === undefined) return { status: 403, reason: 'the checkpoint has no valid signature of a known key of the log' };
  if (request.oldSize > size) return { status: 400, reason: 'the old size is larger than the checkpoint' };
  for (;;) {
    const known = await witness.memory.recall(origin);
    if (request.oldSize !== known.size) return { status: 409, size: known.size };
    const problem = inconsistency(witness, request, known, signatures);
    if (problem !== undefined) return { status: 422, reason: problem };
    const note = `${request.note.text}\n${signatures.join('\n')}\n`;
    await witness.hooks?.beforePersist?.();
    if (await witness.memory.advance(origin, known, note)) return sign(witness, request, note);
  } // another request was faster: all is checked anew against what it left
}

async function sign(witness: Witnessing, { note: { text }, checkpoint }: AddCheckpoint, note: string): Promise<Answer> {
  await witness.hooks?.beforeSign?.();
  const cosignature = witness.key.cosign(text, epochSeconds(witness.clock.now()));
  await witness.memory.keepCosigned(checkpoint.origin, note + cosignature);
  witness.onEvent?.({ kind: 'cosigned', origin: checkpoint.origin, size: checkpoint.size });
  return { status: 200, cosignature };
}

/** Every tree continues the empty one, and nothing has to be shown for it; but of size 0 there is only one. */
function continues(known: Known, checkpoint: AddCheckpoint['checkpoint'], proof: readonly Buffer[]): boolean {
  if (known.size > 0) return isConsistent(known, checkpoint, proof);
  return proof.length === 0 && (checkpoint.size > 0 || checkpoint.root.equals(known.root));
}

/** Why the checkpoint does not continue what is known. The log signed it: two roots of one size need no proof to be a fork. */
function inconsistency(witness: Witnessing, request: AddCheckpoint, known: Known, signatures: readonly string[]): string | undefined {
  const { checkpoint, proof, note } = request;
  if (continues(known, checkpoint, proof)) return undefined;
  const isFork = checkpoint.size === known.size && !checkpoint.root.equals(known.root);
  witness.onEvent?.({
    kind: isFork ? 'fork' : 'inconsistent',
    origin: checkpoint.origin,
    known: known.size,
    note: `${note.text}\n${signatures.join('\n')}\n`,
  });
  return isFork ? 'another root was cosigned for this size' : 'the proof does not show that the checkpoint continues the last one';
}
