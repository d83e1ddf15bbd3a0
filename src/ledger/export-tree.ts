import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeHash } from './frontier.ts';
import { leafHash } from './leaf.ts';
import type { InclusionProof } from './ledger.ts';
import { consistencyPath, inclusionPath, type NodeReader, treeRoot } from './proof.ts';
import { exportedLeaves } from './read-export.ts';

export type ExportProof = Omit<InclusionProof, 'verifierKey'>;

/**
 * The tree of an exported log, and what it proves. Takes the export at its word: verify it first. Holds the leaf hashes (32 bytes an
 * entry) and no bodies.
 */
export class ExportTree {
  readonly #folder: string;
  readonly #checkpoint: string;
  readonly #nodes: NodeReader;
  readonly size: number;

  private constructor(folder: string, checkpoint: string, hashes: readonly Buffer[]) {
    this.#folder = folder;
    this.#checkpoint = checkpoint;
    this.#nodes = nodesFromLeaves(hashes);
    this.size = hashes.length;
  }

  static async read(folder: string): Promise<ExportTree> {
    const hashes: Buffer[] = [];
    for await (const body of exportedLeaves(folder)) hashes.push(leafHash(body));
    return new ExportTree(folder, readFileSync(join(folder, 'checkpoint'), 'utf8'), hashes);
  }

  /**
   * Inclusion proofs of some entries against the checkpoint that came with the export, in the order asked for.
   *
   * @throws LedgerError `ledger.out_of_range` when the export has no entry of that seq.
   */
  async prove(seqs: readonly number[]): Promise<ExportProof[]> {
    const bodies = await this.#bodies(new Set(seqs));
    const proofs: ExportProof[] = [];
    for (const seq of seqs) {
      const path = await inclusionPath(seq, this.size, this.#nodes);
      proofs.push({ leaf: bodies.get(seq) ?? '', seq, path: path.map(toHex), checkpoint: this.#checkpoint });
    }
    return proofs;
  }

  /** Root of the first `size` entries, hex. @throws LedgerError `ledger.out_of_range` */
  async rootAt(size: number): Promise<string> {
    await consistencyPath(size, this.size, this.#nodes);
    return toHex(await treeRoot(size, this.#nodes));
  }

  /** That the whole continues the first `from` entries, hex. @throws LedgerError `ledger.out_of_range` */
  async consistency(from: number): Promise<string[]> {
    return (await consistencyPath(from, this.size, this.#nodes)).map(toHex);
  }

  async #bodies(wanted: ReadonlySet<number>): Promise<Map<number, string>> {
    const bodies = new Map<number, string>();
    let seq = 0;
    for await (const body of exportedLeaves(this.#folder)) {
      if (wanted.has(seq)) bodies.set(seq, body.toString('utf8'));
      seq += 1;
    }
    return bodies;
  }
}

function toHex(hash: Buffer): string {
  return hash.toString('hex');
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
