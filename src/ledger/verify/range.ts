import { type Digest, EMPTY_ROOT, hashNodes } from './digest.ts';

/** A perfect subtree: the root of the leaves from `index`·2^height on, 2^height of them. */
export type Subtree = { readonly height: number; readonly index: number; readonly hash: Digest };

/**
 * The fewest perfect subtrees that cover the leaves from one place to another, in order (a compact range). What is known of a
 * stretch of a tree fits into it whatever its length, and two that touch make one.
 */
export class CompactRange {
  readonly #subtrees: Subtree[] = [];
  readonly #onComplete: ((height: number, index: number, hash: Digest) => void) | undefined;

  /** @param onComplete told of each subtree of two or more leaves that became whole here */
  constructor(subtrees: readonly Subtree[] = [], onComplete?: (height: number, index: number, hash: Digest) => void) {
    this.join(subtrees);
    this.#onComplete = onComplete;
  }

  get subtrees(): readonly Subtree[] {
    return this.#subtrees;
  }

  /** Adds the subtree that follows, of any size that can stand there. */
  add(height: number, index: number, hash: Digest): void {
    let node: Subtree = { height, index, hash };
    for (let last = this.#subtrees.at(-1); last !== undefined && isPair(last, node); last = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      node = { height: node.height + 1, index: last.index / 2, hash: hashNodes(last.hash, node.hash) };
      this.#onComplete?.(node.height, node.index, node.hash);
    }
    this.#subtrees.push(node);
  }

  join(subtrees: readonly Subtree[]): void {
    for (const { height, index, hash } of subtrees) this.add(height, index, hash);
  }

  /** The root, of a range that begins at 0 (RFC 6962 §2.1). */
  root(): Digest {
    return (
      this.#subtrees.reduceRight<Digest | undefined>((root, { hash }) => (root === undefined ? hash : hashNodes(hash, root)), undefined) ??
      EMPTY_ROOT
    );
  }
}

function isPair(left: Subtree, right: Subtree): boolean {
  return left.height === right.height && left.index % 2 === 0 && left.index + 1 === right.index;
}
