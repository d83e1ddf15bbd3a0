import { sha256 } from '../core/index.ts';

export const HASH_BYTES = 32;

/** RFC 6962 §2.1: H(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Uint8Array.of(0x01), left, right);
}

/** The root of an empty tree: H(""). */
export const emptyRoot: Buffer = sha256();

/**
 * The right edge of a Merkle tree: the roots of its perfect subtrees, largest first, one for each 1 in the binary form of the
 * size (a "compact range"). It is all that appending needs, however long the log.
 */
export class Frontier {
  #size: number;
  readonly #hashes: Buffer[];

  private constructor(size: number, hashes: Buffer[]) {
    this.#size = size;
    this.#hashes = hashes;
  }

  static empty(): Frontier {
    return new Frontier(0, []);
  }

  /** Reads what `encode` wrote. */
  static decode(size: number, bytes: Buffer): Frontier {
    const hashes: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += HASH_BYTES) hashes.push(bytes.subarray(at, at + HASH_BYTES));
    return new Frontier(size, hashes);
  }

  encode(): Buffer {
    return Buffer.concat(this.#hashes);
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a leaf hash; equal subtrees merge, as a carry runs through a binary counter. */
  append(leaf: Buffer): void {
    this.#hashes.push(leaf);
    for (let carry = this.#size; carry % 2 === 1; carry = (carry - 1) / 2) this.#mergeLastTwo();
    this.#size += 1;
  }

  root(): Buffer {
    const [smallest, ...larger] = this.#hashes.toReversed();
    if (smallest === undefined) return emptyRoot;
    return larger.reduce((right, left) => nodeHash(left, right), smallest);
  }

  #mergeLastTwo(): void {
    const right = this.#hashes.pop();
    const left = this.#hashes.pop();
    if (left === undefined || right === undefined) throw new RangeError('the frontier has fewer hashes than its size says');
    this.#hashes.push(nodeHash(left, right));
  }
}
