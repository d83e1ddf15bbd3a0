import { createHash } from 'node:crypto';

/** RFC 6962 §2.1, written from the text and not from the writer. */
export function hashLeaf(body: Uint8Array): Buffer {
  return createHash('sha256').update(Uint8Array.of(0)).update(body).digest();
}

function hashChildren(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}

/** Builds a root from leaf hashes in order, keeping one pending subtree a height. */
export class RootBuilder {
  readonly #pending: (Buffer | undefined)[] = [];

  add(leaf: Buffer): void {
    let hash = leaf;
    let height = 0;
    for (let left = this.#pending[height]; left !== undefined; left = this.#pending[height]) {
      hash = hashChildren(left, hash);
      this.#pending[height] = undefined;
      height += 1;
    }
    this.#pending[height] = hash;
  }

  root(): Buffer {
    let root: Buffer | undefined;
    for (const hash of this.#pending) {
      if (hash !== undefined) root = root === undefined ? hash : hashChildren(hash, root);
    }
    return root ?? createHash('sha256').digest();
  }
}

/**
 * The root that an audit path leads to, by the algorithm of RFC 9162 §2.1.3.2; undefined when the path cannot belong to that
 * index and size.
 */
export function rootFromPath(leaf: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size || leaf.length !== 32) return undefined;
  let node = index;
  let last = size - 1;
  let root = leaf;
  for (const sibling of path) {
    if (last === 0 || sibling.length !== 32) return undefined;
    if (node % 2 === 1 || node === last) {
      root = hashChildren(sibling, root);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      root = hashChildren(root, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? root : undefined;
}
