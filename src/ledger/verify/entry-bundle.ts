/** Where the entries of a bundle stand in its bytes. */
export type BundleSpans = { readonly starts: readonly number[]; readonly ends: readonly number[] };

/**
 * Reads an entry bundle (https://c2sp.org/tlog-tiles): entries one after the other, each behind its length as uint16, big-endian.
 * Takes at most `width` of them where the file is `fullerThan` asked for; bytes that are no whole entry, or too many, are one
 * more body, which then is no entry: nothing of a bundle goes unseen.
 */
export function parseBundle(bytes: Buffer, width: number, fullerThanAsked = false): BundleSpans {
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  while (at + 2 <= bytes.length && starts.length < width) {
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) break;
    starts.push(at + 2);
    ends.push(end);
    at = end;
  }
  const isCut = fullerThanAsked && starts.length === width;
  if (at < bytes.length && !isCut) {
    starts.push(at);
    ends.push(bytes.length);
  }
  return { starts, ends };
}
