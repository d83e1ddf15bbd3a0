import { createHash } from 'node:crypto';

/** RFC 6962 §2.1, written anew: what checks the ledger shares no code with it. */
const hash = (...parts: readonly Uint8Array[]): Buffer => parts.reduce((sum, part) => sum.update(part), createHash('sha256')).digest();

export const hashOfLeaf = (body: Uint8Array): Buffer => hash(Uint8Array.of(0), body);

/** All perfect subtrees of a growing list of leaves, by height; so that the root of every earlier size is still known. */
export class Tree {
  readonly #levels: Buffer[][] = [[]];

  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  leaf(index: number): Buffer | undefined {
    return this.#levels[0]?.[index];
  }

  add(leaf: Buffer): void {
    let node = leaf;
    for (let height = 0; ; height += 1) {
      const level = this.#levels[height] ?? [];
      this.#levels[height] = level;
      level.push(node);
      const left = level.at(-2);
      if (level.length % 2 === 1 || left === undefined) return;
      node = hash(Uint8Array.of(1), left, node);
    }
  }

  /** The root over the first `size` leaves: its perfect subtrees, the smallest and last first. */
  rootAt(size: number): Buffer {
    let root: Buffer | undefined;
    let end = size;
    for (let height = 0; end > 0; height += 1) {
      const width = 2 ** height;
      if (Math.floor(size / width) % 2 === 0) continue;
      const node = this.#levels[height]?.[end / width - 1];
      if (node === undefined) throw new RangeError(`there are ${this.size} leaves, not ${size}`);
      root = root === undefined ? node : hash(Uint8Array.of(1), node, root);
      end -= width;
    }
    return root ?? hash();
  }
}
