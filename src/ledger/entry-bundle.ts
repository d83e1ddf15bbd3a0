/** C2SP tlog-tiles entry bundle: each body after its length, uint16 big-endian. */
export function entryBundle(bodies: readonly Buffer[]): Buffer {
  return Buffer.concat(
    bodies.flatMap((body) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(body.length);
      return [length, body];
    }),
  );
}

/** The bodies of a bundle; undefined when it does not end where its last body does. */
export function readEntryBundle(bytes: Buffer): Buffer[] | undefined {
  const bodies: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) return undefined;
    bodies.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return bodies;
}
