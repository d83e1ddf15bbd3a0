import { cosignedMessage, isSignedBy, type NoteKey, parseSignatureLine } from '../../core/index.ts';

/** A cosignature that was verified. `at`: when the witness says that this was the largest tree it knew. */
export type Cosignature = { readonly line: string; readonly at: Date };

/** The end of the year 9999, in Unix seconds. */
const LAST_SECOND = 253_402_300_799n;

/**
 * Finds the valid cosignature of a key among signature lines (https://c2sp.org/tlog-cosignature): 8 bytes of Unix time, then an Ed25519
 * signature over `cosignature/v1\ntime <time>\n` and the checkpoint's text. Undefined when there is none; lines of other keys are ignored.
 */
export function findCosignature(lines: string, text: string, key: NoteKey): Cosignature | undefined {
  for (const line of lines.split('\n')) {
    const parsed = parseSignatureLine(line);
    if (parsed === undefined || parsed.name !== key.name || !parsed.id.equals(key.id) || parsed.signature.length !== 72) continue;
    const time = parsed.signature.readBigUInt64BE(0);
    if (time === 0n || time > LAST_SECOND) continue;
    if (isSignedBy(key, cosignedMessage(text, time), parsed.signature.subarray(8))) return { line, at: new Date(Number(time) * 1000) };
  }
  return undefined;
}
