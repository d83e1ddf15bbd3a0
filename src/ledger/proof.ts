import { LedgerError } from './errors.ts';
import { emptyRoot, nodeHash } from './frontier.ts';

/** The root of the perfect subtree of 2^height leaves that starts at leaf `index · 2^height`. */
export type NodeReader = (height: number, index: number) => Promise<Buffer>;

/**
 * The audit path of RFC 6962 §2.1.1 for leaf `index` in the tree of `size` leaves, from the leaf's sibling upwards.
 *
 * @throws LedgerError `ledger.out_of_range`
 */
export async function inclusionPath(index: number, size: number, read: NodeReader): Promise<Buffer[]> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new LedgerError('ledger.out_of_range', `there is no leaf ${index} in a tree of ${size}`);
  }
  return path(index, 0, size, read);
}

/**
 * The consistency proof of RFC 6962 §2.1.2 from the tree of the first `from` leaves to that of the first `to`. Empty when they are the
 * same tree, or when `from` is 0: the empty tree is consistent with any.
 *
 * @throws LedgerError `ledger.out_of_range`
 */
export async function consistencyPath(from: number, to: number, read: NodeReader): Promise<Buffer[]> {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from > to) {
    throw new LedgerError('ledger.out_of_range', `a tree of ${to} does not continue one of ${from}`);
  }
  return from === 0 ? [] : subproof(from, 0, to, true, read);
}

/** The root of the tree's first `size` leaves. */
export async function treeRoot(size: number, read: NodeReader): Promise<Buffer> {
  return size === 0 ? emptyRoot : rangeRoot(0, size, read);
}

async function path(index: number, from: number, to: number, read: NodeReader): Promise<Buffer[]> {
  if (to - from === 1) return [];
  const middle = from + splitOf(to - from);
  if (index < middle) return [...(await path(index, from, middle, read)), await rangeRoot(middle, to, read)];
  return [...(await path(index, middle, to, read)), await rangeRoot(from, middle, read)];
}

/** `known`: the old tree is a whole subtree here, whose root the reader has already. */
async function subproof(old: number, from: number, to: number, known: boolean, read: NodeReader): Promise<Buffer[]> {
  if (old === to) return known ? [] : [await rangeRoot(from, to, read)];
  const middle = from + splitOf(to - from);
  if (old <= middle) return [...(await subproof(old, from, middle, known, read)), await rangeRoot(middle, to, read)];
  return [...(await subproof(old, middle, to, false, read)), await rangeRoot(from, middle, read)];
}

/** The Merkle tree hash of a range that starts where RFC 6962 would split, so that every perfect part of it is a stored node. */
async function rangeRoot(from: number, to: number, read: NodeReader): Promise<Buffer> {
  const count = to - from;
  const height = Math.log2(count);
  if (Number.isInteger(height)) return read(height, from / count);
  const middle = from + splitOf(count);
  return nodeHash(await rangeRoot(from, middle, read), await rangeRoot(middle, to, read));
}

/** The largest power of two below `count`. */
function splitOf(count: number): number {
  return 2 ** Math.ceil(Math.log2(count) - 1);
}
