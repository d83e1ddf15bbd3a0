import { type CheckpointBody, fromBase64, parseCheckpointBody, parseNote, parseSize, type SignedNote } from '../core/index.ts';

/**
 * The body of add-checkpoint (https://c2sp.org/tlog-witness):
 *
 *     "old " size "\n"
 *     base64 of a hash of the consistency proof "\n", at most 63 times
 *     "\n"
 *     checkpoint, a signed note
 */
export type AddCheckpoint = {
  readonly oldSize: number;
  readonly proof: readonly Buffer[];
  readonly note: SignedNote;
  readonly checkpoint: CheckpointBody;
};

const MAX_PROOF_LINES = 63;

/** Undefined when it is not of the form. */
export function parseAddCheckpoint(body: string): AddCheckpoint | undefined {
  const split = body.indexOf('\n\n');
  if (split < 0) return undefined;
  const [first, ...hashes] = body.slice(0, split).split('\n');
  const oldSize = first?.startsWith('old ') ? parseSize(first.slice('old '.length)) : undefined;
  const proof = hashes.map(fromBase64).filter((hash) => hash?.length === 32);
  const note = parseNote(body.slice(split + 2));
  const checkpoint = note && parseCheckpointBody(note.text);
  if (oldSize === undefined || note === undefined || checkpoint === undefined) return undefined;
  if (hashes.length > MAX_PROOF_LINES || proof.length !== hashes.length) return undefined;
  return { oldSize, proof: proof.filter((hash) => hash !== undefined), note, checkpoint };
}
