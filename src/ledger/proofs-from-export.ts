import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeHash } from './frontier.ts';
import { leafHash } from './leaf.ts';
import type { InclusionProof } from './ledger.ts';
import { inclusionPath, type NodeReader } from './proof.ts';
import { exportedLeaves } from './read-export.ts';

export type ExportProof = Omit<InclusionProof, 'verifierKey'>;

/**
 * Inclusion proofs of some entries of an exported log against the checkpoint that came with it, in the order asked for. Takes
 * the export at its word: verify it first. Holds the leaf hashes (32 bytes an entry) and the bodies asked for, not the log.
 *
 * @throws LedgerError `ledger.out_of_range` when the export has no entry of that seq.
 */
export async function proofsFromExport(folder: string, seqs: readonly number[]): Promise<ExportProof[]> {
  const checkpoint = readFileSync(join(folder, 'checkpoint'), 'utf8');
  const wanted = new Set(seqs);
  const bodies = new Map<number, string>();
  const hashes: Buffer[] = [];
  for await (const body of exportedLeaves(folder)) {
    if (wanted.has(hashes.length)) bodies.set(hashes.length, body.toString('utf8'));
    hashes.push(leafHash(body));
  }
  const nodes = nodesFromLeaves(hashes);
  const proofs: ExportProof[] = [];
  for (const seq of seqs) {
    const path = await inclusionPath(seq, hashes.length, nodes);
    proofs.push({ leaf: bodies.get(seq) ?? '', seq, path: path.map((hash) => hash.toString('hex')), checkpoint });
  }
  return proofs;
}

/** Nodes of the tree over some leaf hashes, each hashed once. */
function nodesFromLeaves(leaves: readonly Buffer[]): NodeReader {
  const known = new Map<string, Buffer>();
  const node = (height: number, index: number): Buffer => {
    const leaf = height === 0 ? leaves[index] : undefined;
    if (leaf !== undefined) return leaf;
    const name = `${height}/${index}`;
    const hash = known.get(name) ?? nodeHash(node(height - 1, 2 * index), node(height - 1, 2 * index + 1));
    known.set(name, hash);
    return hash;
  };
  return async (height, index) => node(height, index);
}
