import { createHash } from 'node:crypto';

/** RFC 6962 §2.1, written from the text and not from the writer. */
export function hashLeaf(body: Uint8Array): Buffer {
  return createHash('sha256').update(Uint8Array.of(0)).update(body).digest();
}

function hashChildren(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
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

type Tree = { readonly size: number; readonly root: Buffer };

/**
 * True when a consistency proof shows that one tree begins with the other, by the algorithm of RFC 9162 §2.1.4.2. Equal sizes need
 * an equal root and no proof. Of the empty tree nothing can be proven: every tree begins with it.
 */
export function isConsistent(before: Tree, after: Tree, proof: readonly Buffer[]): boolean {
  const sizes = [before.size, after.size];
  if (!sizes.every(Number.isSafeInteger) || before.size < 1 || before.size > after.size) return false;
  if (before.size === after.size) return proof.length === 0 && before.root.equals(after.root);
  const path = isPowerOfTwo(before.size) ? [before.root, ...proof] : [...proof];
  const roots = rootsFromConsistency(before.size, after.size, path);
  return roots?.before.equals(before.root) === true && roots.after.equals(after.root);
}

function isPowerOfTwo(size: number): boolean {
  let odd = size;
  while (odd % 2 === 0) odd /= 2;
  return odd === 1;
}

/** Steps 3 to 6 of the algorithm: the two roots that the path leads to. */
function rootsFromConsistency(first: number, second: number, path: readonly Buffer[]): { before: Buffer; after: Buffer } | undefined {
  const [start, ...rest] = path;
  if (start === undefined || path.some((hash) => hash.length !== 32)) return undefined;
  let node = first - 1;
  let last = second - 1;
  const up = () => {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  };
  while (node % 2 === 1) up();
  let before = start;
  let after = start;
  for (const hash of rest) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      before = hashChildren(hash, before);
      after = hashChildren(hash, after);
      while (node % 2 === 0 && node !== 0) up();
    } else {
      after = hashChildren(after, hash);
    }
    up();
  }
  return last === 0 ? { before, after } : undefined;
}
