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

/** JSON Lines: one canonical object a line, each of them ended. */
export function parseLines<S extends z.ZodType>(schema: S, bytes: Buffer): z.output<S>[] {
  ensure(bytes.length === 0 || bytes.at(-1) === 0x0a, 'it does not end with a line end');
  const values: z.output<S>[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    values.push(parseAs(schema, parseLine(bytes.subarray(start, end))));
    start = end + 1;
  }
  return values;
}

/** What is wrong is said once or twice, however often it is. */
const MAX_ISSUES = 3;

export function parseAs<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  return fail(z.prettifyError({ issues: parsed.error.issues.slice(0, MAX_ISSUES) }).replaceAll('\n', ' '));
}

/** No list is longer. It is counted before it is looked at: each member that is not of its form costs more than it is long. */
const MAX_LIST = 10_000;

export function listOf<S extends z.ZodType>(member: S) {
  return z.array(z.unknown()).max(MAX_LIST).pipe(z.array(member));
}

/** The bytes of a JSON file of ours: canonical, with a line end. */
export function documentBytes(value: Json): Buffer {
  return Buffer.concat([canonicalBytes(value), Buffer.from('\n')]);
}

export function sameJson(a: Json, b: Json): boolean {
  return canonicalBytes(a).equals(canonicalBytes(b));
}

export function hexOf(bytes: Uint8Array): string {
  return sha256(bytes).toString('hex');
}

/** Names in a sentence, no more than fit in one. */
export function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, 8)
    .map((name) => `\`${name}\``)
    .join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
