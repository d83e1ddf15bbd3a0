import { createHash } from 'node:crypto';
import { ExportTree, LedgerError } from '../../ledger/index.ts';
import { canonicalFile } from '../canonical-file.ts';
import { ledgerInvalid } from './state.ts';

/** Up to so many decisions are all proven; of more, so many are. */
const MAX_PROOFS = 1_000;

/** An earlier state of the log, which it must continue. */
export type Earlier = { readonly size: number; readonly root: string };

/** What must be proven beside decisions: always all of it. */
export type Proven = { readonly decisionSeqs: readonly number[]; readonly others: readonly number[] };

/**
 * `ledger-proofs.json`: the inclusion of decisions (a sample where there are very many) and of whatever else the bundle relies on, and
 * that the log continues what an earlier bundle saw.
 *
 * @throws EvidenceError `evidence.ledger_invalid` when it does not
 */
export async function proofsFile(folder: string, root: string, proven: Proven, earlier: Earlier | null): Promise<Buffer> {
  const tree = await ExportTree.read(folder);
  const seqs = new Set([...sampleOf(proven.decisionSeqs, root), ...proven.others]);
  const proofs = await tree.prove([...seqs].toSorted((a, b) => a - b));
  const consistency = earlier === null ? null : { from: earlier, path: await continues(folder, tree, earlier) };
  return canonicalFile({ proofs, consistency });
}

async function continues(folder: string, tree: ExportTree, { size, root }: Earlier): Promise<string[]> {
  try {
    if ((await tree.rootAt(size)) === root) return await tree.consistency(size);
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause;
    throw ledgerInvalid(folder, `it has ${tree.size} entries, the earlier bundle saw ${size}`, cause);
  }
  throw ledgerInvalid(folder, `it does not continue the log that the earlier bundle saw at ${size} entries`);
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
  return [...seqs.slice(0, 1), ...drawn.map(({ seq }) => seq), ...seqs.slice(-1)];
}
