import { nodeHash } from '../frontier.ts';
import { type NodeReader, treeRoot } from '../proof.ts';

/** RFC 6962 §2.1.2: PROOF(first, D[second]), 0 < first <= second. */
export async function consistencyPath(first: number, second: number, read: NodeReader): Promise<Buffer[]> {
  return subproof(first, 0, second, true, read);
}

async function subproof(first: number, from: number, to: number, known: boolean, read: NodeReader): Promise<Buffer[]> {
  const count = to - from;
  if (first === count) return known ? [] : [await rangeRoot(from, to, read)];
  const half = splitOf(count);
  const middle = from + half;
  if (first <= half) return [...(await subproof(first, from, middle, known, read)), await rangeRoot(middle, to, read)];
  return [...(await subproof(first - half, middle, to, false, read)), await rangeRoot(from, middle, read)];
}

/** The tree hash of a range that RFC 6962 splits at: the root of a tree that begins at `from`. */
function rangeRoot(from: number, to: number, read: NodeReader): Promise<Buffer> {
  return treeRoot(to - from, (height, index) => read(height, index + from / 2 ** height));
}

/** The largest power of two below `count`. */
function splitOf(count: number): number {
  return 2 ** Math.ceil(Math.log2(count) - 1);
}

type Tree = { readonly size: number; readonly root: Buffer };

/** RFC 9162 §2.1.4.2: whether the first tree is a beginning of the second. */
export function isConsistent(first: Tree, second: Tree, path: readonly Buffer[]): boolean {
  if (first.size < 1 || first.size > second.size) return false;
  if (first.size === second.size) return path.length === 0 && first.root.equals(second.root);
  const [start, ...rest] = Number.isInteger(Math.log2(first.size)) ? [first.root, ...path] : path;
  if (start === undefined) return false;
  let at: Climb = { ...withoutOnes(first.size - 1, second.size - 1), fr: start, sr: start };
  for (const hash of rest) {
    if (at.sn === 0) return false;
    at = climb(at, hash);
  }
  return at.sn === 0 && at.fr.equals(first.root) && at.sr.equals(second.root);
}

/** Where the climb from the first tree's last leaf is: in both trees its place on this level, and the hash up to here. */
type Climb = { readonly fn: number; readonly sn: number; readonly fr: Buffer; readonly sr: Buffer };

function climb({ fn, sn, fr, sr }: Climb, hash: Buffer): Climb {
  if (fn % 2 === 0 && fn !== sn) return { fn: half(fn), sn: half(sn), fr, sr: nodeHash(sr, hash) };
  const skipped = withoutZeros(fn, sn);
  return { fn: half(skipped.fn), sn: half(skipped.sn), fr: nodeHash(hash, fr), sr: nodeHash(hash, sr) };
}

type Places = { readonly fn: number; readonly sn: number };

function withoutZeros(fn: number, sn: number): Places {
  return fn !== 0 && fn % 2 === 0 ? withoutZeros(half(fn), half(sn)) : { fn, sn };
}

function withoutOnes(fn: number, sn: number): Places {
  return fn % 2 === 1 ? withoutOnes(half(fn), half(sn)) : { fn, sn };
}

function half(n: number): number {
  return Math.floor(n / 2);
}
