import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { naiveLeaf, naiveNode } from '../ledger/naive-tree.ts';

const WIDTH = 256;

/**
 * Writes entries as a folder of C2SP tlog-tiles (https://c2sp.org/tlog-tiles), level by level as the text says: shares nothing with our
 * export. Gives back the root.
 */
export function writeTilesFolder(folder: string, entries: readonly Buffer[]): Buffer {
  const leaves = entries.map(naiveLeaf);
  eachTile(entries, (n, tile) => write(folder, `tile/entries/${n}`, Buffer.concat(tile.flatMap((entry) => [lengthOf(entry), entry]))));
  for (let level = 0, hashes = leaves; hashes.length > 0; level += 1, hashes = fullRoots(hashes)) {
    eachTile(hashes, (n, tile) => write(folder, `tile/${level}/${n}`, Buffer.concat(tile)));
  }
  return rootOf(leaves);
}

function eachTile<T>(items: readonly T[], work: (name: string, tile: readonly T[]) => void): void {
  for (let n = 0; n * WIDTH < items.length; n += 1) {
    const tile = items.slice(n * WIDTH, (n + 1) * WIDTH);
    work(tile.length === WIDTH ? numberPath(n) : `${numberPath(n)}.p/${tile.length}`, tile);
  }
}

/** `1234067` is `x001/x234/067`. */
function numberPath(n: number): string {
  const groups =
    String(n)
      .padStart(Math.ceil(String(n).length / 3) * 3, '0')
      .match(/\d{3}/g) ?? [];
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
}

/** The hashes of the level above: the roots of the full tiles. */
function fullRoots(hashes: readonly Buffer[]): Buffer[] {
  return Array.from({ length: Math.floor(hashes.length / WIDTH) }, (_, n) => rootOf(hashes.slice(n * WIDTH, (n + 1) * WIDTH)));
}

/** Pair by pair, an odd one carried up: the same tree as RFC 6962's, in one pass a level. */
function rootOf(hashes: readonly Buffer[]): Buffer {
  let level = [...hashes];
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (const [at, left] of level.entries()) {
      const right = level[at + 1];
      if (at % 2 === 0) above.push(right === undefined ? left : naiveNode(left, right));
    }
    level = above;
  }
  return level[0] ?? Buffer.alloc(0);
}

function lengthOf(entry: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(entry.length);
  return length;
}

function write(folder: string, path: string, bytes: Buffer): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
