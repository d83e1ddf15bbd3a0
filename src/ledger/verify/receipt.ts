import { z } from 'zod';
import type { JsonObject } from '../../core/index.ts';
import { logOf } from './checkpoint.ts';
import { type Cosigned, verifyCosignatures, type WitnessPolicy } from './cosignature.ts';
import { type Disclosed, verifyDisclosure } from './disclosure.ts';
import { VerifyError } from './errors.ts';
import { type EntryProof, proveEntry } from './proof.ts';
import { parseTlogProof } from './tlog-proof.ts';

const proofFile = z.object({
  leaf: z.string(),
  seq: z.int().min(0),
  path: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(63),
  checkpoint: z.string(),
});

export type ReceiptOptions = {
  /** The log's key as it was handed over earlier. */
  readonly key: string;
  readonly witnesses?: WitnessPolicy | undefined;
  /** Personal values to open, each a JSON text `[salt, path, value]`. */
  readonly disclosures?: readonly string[] | undefined;
};

/** What a receipt proves. */
export type VerifiedReceipt = {
  readonly log: string;
  readonly origin: string;
  readonly seq: number;
  /** How many entries the log had by the checkpoint that proves it. */
  readonly checkpointSize: number;
  readonly entry: JsonObject;
  readonly witnesses: readonly Cosigned[];
  readonly disclosed: readonly Disclosed[];
};

/**
 * Verifies a receipt that a user kept, offline: a `.tlog-proof` file whose `extra` is the body of the leaf, or the JSON that
 * GraphQL answers to `entryProof`.
 *
 * @throws VerifyError
 */
export function verifyReceipt(text: string, { key, witnesses, disclosures = [] }: ReceiptOptions): VerifiedReceipt {
  const proof = text.trimStart().startsWith('{') ? parseProofFile(text) : parseReceipt(text);
  const { entry, origin, size } = proveEntry(proof, key);
  return {
    log: logOf(origin),
    origin,
    seq: proof.index,
    checkpointSize: size,
    entry,
    witnesses: witnesses === undefined ? [] : verifyCosignatures(proof.checkpoint, witnesses),
    disclosed: disclosures.map((disclosure) => verifyDisclosure(entry, disclosure)),
  };
}

function parseReceipt(text: string): EntryProof {
  const { extra, index, path, checkpoint } = parseTlogProof(text);
  if (extra !== undefined) return { body: extra, index, path, checkpoint };
  throw new VerifyError('verify.receipt_malformed', 'the proof carries no entry: it has no `extra` line', {
    remedy: 'ask the gateway for the receipt again',
  });
}

function parseProofFile(text: string): EntryProof {
  try {
    const { leaf, seq, path, checkpoint } = proofFile.parse(JSON.parse(text));
    if (!leaf.isWellFormed()) throw new Error('the leaf is not text in UTF-8');
    return { body: Buffer.from(leaf, 'utf8'), index: seq, path: path.map((hash) => Buffer.from(hash, 'hex')), checkpoint };
  } catch (cause) {
    throw new VerifyError('verify.receipt_malformed', 'this JSON is not what `entryProof` answers: `{leaf, seq, path, checkpoint}`', {
      cause,
    });
  }
}
