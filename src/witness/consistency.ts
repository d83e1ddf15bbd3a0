import { sha256 } from '../core/index.ts';

/** The root of the empty tree: H("") (RFC 6962 §2.1). */
export const emptyRoot: Buffer = sha256();

export type Tree = { readonly size: number; readonly root: Buffer };

/**
 * True when a proof shows that the tree `to` begins with the tree `from`, by the algorithm of RFC 9162 §2.1.4.2. Two trees of one size
 * are consistent when they are the same; the empty tree is with any. Neither takes a proof.
 */
export function isConsistent(from: Tree, to: Tree, proof: readonly Buffer[]): boolean {
  if (from.size > to.size || proof.some((hash) => hash.length !== 32)) return false;
  if (from.size === 0) return proof.length === 0 && from.root.equals(emptyRoot) && (to.size > 0 || to.root.equals(emptyRoot));
  if (from.size === to.size) return proof.length === 0 && from.root.equals(to.root);
  const roots = rootsOf(from, to.size, proof);
  return roots?.old.equals(from.root) === true && roots.new.equals(to.root);
}

/** Sizes go up to 2^53, where the operators on bits do not reach: halving is `floor(x / 2)`. */
function rootsOf(from: Tree, toSize: number, proof: readonly Buffer[]): { old: Buffer; new: Buffer } | undefined {
  const [first, ...rest] = Number.isInteger(Math.log2(from.size)) ? [from.root, ...proof] : proof;
  if (first === undefined) return undefined;
  const at = new Position(from.size - 1, toSize - 1);
  at.climbWhile(() => at.isRight);
  let [oldRoot, newRoot] = [first, first];
  for (const hash of rest) {
    if (at.last === 0) return undefined;
    if (at.isRight || at.node === at.last) {
      oldRoot = nodeHash(hash, oldRoot);
      newRoot = nodeHash(hash, newRoot);
      at.climbWhile(() => !at.isRight && at.node !== 0);
    } else {
      newRoot = nodeHash(newRoot, hash);
    }
    at.climb();
  }
  return at.last === 0 ? { old: oldRoot, new: newRoot } : undefined;
}

/** Where on its level the last node of the old tree is, and the last node of the new one. */
class Position {
  node: number;
  last: number;

  constructor(node: number, last: number) {
    this.node = node;
    this.last = last;
  }

  get isRight(): boolean {
    return this.node % 2 === 1;
  }

  climb(): void {
    this.node = Math.floor(this.node / 2);
    this.last = Math.floor(this.last / 2);
  }

  climbWhile(condition: () => boolean): void {
    while (condition()) this.climb();
  }
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return sha256(Uint8Array.of(0x01), left, right);
}
