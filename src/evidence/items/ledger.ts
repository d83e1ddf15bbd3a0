import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { messageOf } from '../../core/index.ts';
import { proofsFromExport } from '../../ledger/index.ts';
import { verifyCheckpoint, verifyExport } from '../../ledger/verify/index.ts';
import { type Artifact, canonicalFile } from '../artifact.ts';
import { EvidenceError } from '../errors.ts';
import { names } from '../names.ts';
import { readInput } from '../read-input.ts';

/** Up to so many decisions are all proven; of more, so many are. */
const MAX_PROOFS = 1_000;

export type LedgerState = {
  readonly origin: string;
  readonly size: number;
  /** Hex. */
  readonly root: string;
  readonly verifierKey: string;
  readonly checkpoint: Artifact;
};

/** Checks a ledger export with the key of the log. @throws EvidenceError `evidence.ledger_invalid` */
export async function readLedger(folder: string, keyFile: string): Promise<LedgerState> {
  const verifierKey = readInput('ledger verifier key', keyFile).toString('utf8').trim();
  await assertSound(folder, verifierKey);
  const note = readInput('ledger checkpoint', join(folder, 'checkpoint'));
  const { origin, size, root } = verifyCheckpoint(note.toString('utf8'), verifierKey);
  const checkpoint = { name: names.checkpoint, bytes: note, mediaType: 'text/plain; charset=utf-8' };
  return { origin, size, root: root.toString('hex'), verifierKey, checkpoint };
}

async function assertSound(folder: string, verifierKey: string): Promise<void> {
  const [fault] = await faultsOf(folder, verifierKey);
  if (fault !== undefined) throw invalid(folder, fault.message);
}

async function faultsOf(folder: string, verifierKey: string): Promise<readonly { readonly message: string }[]> {
  try {
    return (await verifyExport(folder, { verifierKey })).faults;
  } catch (cause) {
    throw invalid(folder, messageOf(cause), cause);
  }
}

function invalid(folder: string, why: string, cause?: unknown): EvidenceError {
  return new EvidenceError('evidence.ledger_invalid', `the ledger export \`${folder}\` does not verify: ${why}`, {
    cause,
    remedy: 'export the log again and give its own verifier key; if that does not help, the ledger was tampered with',
  });
}

/** The inclusion proofs of the decisions of the extract, or of a sample where there are very many. */
export async function proofsArtifact(folder: string, seqs: readonly number[], root: string): Promise<Artifact> {
  const proofs = await proofsFromExport(folder, sampleOf(seqs, root));
  return { name: names.proofs, bytes: canonicalFile({ proofs }), mediaType: 'application/json' };
}

/**
 * All of up to 1,000; of more the first, the last, and those whose SHA-256(root ‖ seq) is smallest: nobody can choose which
 * lines of the extract are proven, and whoever verifies can tell which must be.
 */
function sampleOf(seqs: readonly number[], root: string): readonly number[] {
  if (seqs.length <= MAX_PROOFS) return seqs;
  const rank = (seq: number) => createHash('sha256').update(`${root}${seq}`).digest('hex');
  const inner = seqs.slice(1, -1).map((seq) => ({ seq, rank: rank(seq) }));
  const drawn = inner.toSorted((a, b) => (a.rank < b.rank ? -1 : 1)).slice(0, MAX_PROOFS - 2);
  return [...seqs.slice(0, 1), ...drawn.map(({ seq }) => seq), ...seqs.slice(-1)].toSorted((a, b) => a - b);
}
