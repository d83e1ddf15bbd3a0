import { z } from 'zod';
import { canonicalBytes, type Json, messageOf, parseCanonical, sha256 } from '../../core/index.ts';
import { ensure, fail } from './report.ts';

/** Canonical JSON and one line end. A key given twice, a space or another number form is refused: one reading only. */
export function parseDocument(bytes: Buffer): Json {
  ensure(bytes.at(-1) === 0x0a, 'it does not end with a line end');
  return parseLine(bytes.subarray(0, -1));
}

export function parseLine(bytes: Buffer): Json {
  try {
    return parseCanonical(bytes);
  } catch (error) {
    return fail(messageOf(error));
  }
}

export function parseAs<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : fail(z.prettifyError(parsed.error).replaceAll('\n', ' '));
}

export function sameJson(a: Json, b: Json): boolean {
  return canonicalBytes(a).equals(canonicalBytes(b));
}

export function hexOf(bytes: Uint8Array): string {
  return sha256(bytes).toString('hex');
}
