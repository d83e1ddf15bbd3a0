import { isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { VerifyError } from './errors.ts';
import { LeafScanner } from './scanner.ts';
import { hashLeaf, rootFromPath } from './tree.ts';

/** A receipt with its proof, as GraphQL answers it and bundles carry it. Hashes in lower-case hex. */
export type ProofFile = { readonly leaf: string; readonly seq: number; readonly path: readonly string[]; readonly checkpoint: string };

/** A body, the place it is said to have, and what proves it. */
export type EntryProof = {
  readonly body: Buffer;
  readonly index: number;
  readonly path: readonly Buffer[];
  readonly checkpoint: string;
};

/**
 * Checks that an entry is in the log that a checkpoint commits to, offline.
 *
 * @param verifierKey the log's key as it was handed over earlier, not the one that came with the proof
 * @returns the entry, parsed
 * @throws VerifyError
 */
export function verifyProof(proof: ProofFile, verifierKey: string): { readonly [key: string]: unknown } {
  const { leaf, seq, path, checkpoint } = proof;
  if (!leaf.isWellFormed()) throw new VerifyError('verify.proof_malformed', 'the leaf is not text in UTF-8');
  return proveEntry({ body: Buffer.from(leaf, 'utf8'), index: seq, path: path.map(parseHash), checkpoint }, verifierKey).entry;
}

/** The same over bytes; tells also what the checkpoint says. @throws VerifyError */
export function proveEntry(
  { body, index, path, checkpoint: note }: EntryProof,
  verifierKey: string,
): { readonly entry: JsonObject; readonly size: number; readonly origin: string } {
  const { origin, size, root: signed } = verifyCheckpoint(note, verifierKey);
  const root = rootFromPath(hashLeaf(body), index, size, path);
  if (root === undefined || !root.equals(signed))
    throw new VerifyError('verify.proof_invalid', `entry ${index} is not in the log of \`${origin}\` at size ${size}`);
  const entry = parseEntry(body);
  if (entry?.['seq'] !== index)
    throw new VerifyError('verify.proof_invalid', `the entry proven at ${index} says it is ${entry?.['seq'] ?? 'no entry'}`);
  return { entry, origin, size };
}

const scanner = new LeafScanner();

/** Undefined for a proven body that is no canonical object: the tree holds it, and it is no entry. */
function parseEntry(body: Buffer): JsonObject | undefined {
  if (!scanner.scan(body, 0, body.length)) return undefined;
  const entry: Json = JSON.parse(body.toString('utf8'));
  return isJsonObject(entry) ? entry : undefined;
}

function parseHash(hex: string): Buffer {
  if (/^[0-9a-f]{64}$/.test(hex)) return Buffer.from(hex, 'hex');
  throw new VerifyError('verify.proof_malformed', `\`${hex.slice(0, 80)}\` is not a SHA-256 hash in hex`);
}
