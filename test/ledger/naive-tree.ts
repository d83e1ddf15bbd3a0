import { createHash } from 'node:crypto';

/** RFC 6962 §2.1 word by word, by recursion over lists; shares no code with what it checks. */
const H = (...parts: Uint8Array[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const splitOf = (n: number) => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

export const naiveLeaf = (body: Uint8Array): Buffer => H(Uint8Array.of(0), body);
export const naiveNode = (left: Uint8Array, right: Uint8Array): Buffer => H(Uint8Array.of(1), left, right);

/** MTH(D[n]), of leaf hashes. */
export function naiveRoot(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return H();
  if (leaves.length === 1) return only;
  const k = splitOf(leaves.length);
  return naiveNode(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

/** The roots of the perfect subtrees that a tree is made of, the largest first: one for each 1 in the binary form of its size. */
export function naiveFrontier(leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 0) return [];
  const k = leaves.length === 1 ? 1 : splitOf(leaves.length + 1);
  return [naiveRoot(leaves.slice(0, k)), ...naiveFrontier(leaves.slice(k))];
}

/** PATH(m, D[n]). */
export function naivePath(m: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = splitOf(leaves.length);
  if (m < k) return [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))];
  return [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))];
}

/** PROOF(m, D[n]) of RFC 6962 §2.1.2; empty for m = 0. */
export function naiveConsistency(m: number, leaves: readonly Buffer[]): Buffer[] {
  return m === 0 ? [] : naiveSubproof(m, leaves, true);
}

function naiveSubproof(m: number, leaves: readonly Buffer[], whole: boolean): Buffer[] {
  if (m === leaves.length) return whole ? [] : [naiveRoot(leaves)];
  const k = splitOf(leaves.length);
  if (m <= k) return [...naiveSubproof(m, leaves.slice(0, k), whole), naiveRoot(leaves.slice(k))];
  return [...naiveSubproof(m - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))];
}

/** Distinct leaf hashes, the same every time. */
export function someLeaves(count: number): Buffer[] {
  return Array.from({ length: count }, (_, n) => naiveLeaf(Buffer.from(`leaf ${n}`)));
}
