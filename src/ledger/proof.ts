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
