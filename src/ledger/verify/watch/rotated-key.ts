import { isSignedBy, logOf } from '../checkpoint.ts';
import { digestOf, hashLeafHex, hexOf } from '../digest.ts';
import { examine, type RotationEntry } from '../examine.ts';
import { readCheckpoint } from '../key-chain.ts';
import { TileNodes } from '../nodes.ts';
import { CompactRange } from '../range.ts';
import type { LogSource } from '../source/source.ts';
import { parseVerifierKey, type VerifierKey } from '../verifier-key.ts';

type Signed = ReturnType<typeof readCheckpoint>;

/**
 * The key that a log's key was changed to, when that is proven: by a note that both signed, and by an entry of the tree of that note
 * which says so. Looks for the entry from place `from` on first, since it must be newer than what was seen before.
 */
export async function rotatedKey(source: LogSource, key: VerifierKey, from: number): Promise<VerifierKey | undefined> {
  for (const text of await source.rotations()) {
    const note = readCheckpoint(text);
    if (note.origin !== key.name || !isSignedBy(note.note, key)) continue;
    for (const first of new Set([Math.min(from, note.size), 0])) {
      const to = await proven(source, note, key, first);
      if (to !== undefined) return to;
    }
  }
  return undefined;
}

async function proven(source: LogSource, note: Signed, key: VerifierKey, from: number): Promise<VerifierKey | undefined> {
  let at = from;
  for await (const page of source.pages(from, note.size)) {
    const { rotations } = examine({ ...page, from: at }, logOf(note.origin));
    at += page.ends.length;
    for (const entry of rotations.filter(({ from: by, seq }) => by === key.text && seq < note.size)) {
      const to = parseVerifierKey(entry.to);
      const body = bodyAt(page, entry.seq);
      if (to.name === key.name && isSignedBy(note.note, to) && body !== undefined && (await isIn(source, note, entry, body))) return to;
    }
  }
  return undefined;
}

type Bodies = { readonly bytes: Buffer; readonly starts: Uint32Array; readonly ends: Uint32Array; readonly slots?: Float64Array };

function bodyAt({ bytes, starts, ends, slots }: Bodies, slot: number): Buffer | undefined {
  const at = slots?.indexOf(slot) ?? -1;
  return at < 0 ? undefined : bytes.subarray(starts[at], ends[at]);
}

/** The tree with this very body at its place has the signed root. */
async function isIn(source: LogSource, { size, root }: Signed, { seq }: RotationEntry, body: Buffer): Promise<boolean> {
  if (source.tile === undefined) return false;
  const nodes = new TileNodes(source.tile, size);
  const range = new CompactRange(await nodes.range(0, seq));
  range.add(0, seq, digestOf(Buffer.from(hashLeafHex(body, 0, body.length), 'hex')));
  range.join(await nodes.range(seq + 1, size));
  return hexOf(range.root()) === root.toString('hex');
}
