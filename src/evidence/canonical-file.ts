import { canonicalBytes, type Json } from '../core/index.ts';

/** Canonical JSON (RFC 8785) and a line end: the form of every JSON file that we write ourselves. */
export function canonicalFile(value: Json): Buffer {
  return Buffer.concat([canonicalBytes(value), Buffer.from('\n')]);
}
