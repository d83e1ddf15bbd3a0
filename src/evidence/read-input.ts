import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { messageOf } from '../core/index.ts';
import { EvidenceError } from './errors.ts';

/** Reads a file that the caller named. @throws EvidenceError `evidence.input_unreadable` */
export function readInput(what: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new EvidenceError('evidence.input_unreadable', `cannot read the ${what} \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: `make the ${what} first, or correct the path`,
    });
  }
}

/**
 * Parses what must be JSON of a certain shape: a page of HTML under the right name is not the item.
 *
 * @throws EvidenceError `evidence.item_malformed`
 */
export function parseItem<S extends z.ZodType>(what: string, text: string, schema: S): z.output<S> {
  const parsed = schema.safeParse(parseJson(what, text));
  if (parsed.success) return parsed.data;
  throw malformed(what, z.prettifyError(parsed.error).replaceAll('\n', ' '), parsed.error);
}

function parseJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(what, `it is not JSON (it begins \`${text.slice(0, 24).replaceAll('\n', ' ')}\`)`, cause);
  }
}

export function malformed(what: string, why: string, cause?: unknown): EvidenceError {
  return new EvidenceError('evidence.item_malformed', `the ${what} is not what it claims to be: ${why}`, {
    cause,
    remedy: `make the ${what} again; docs/evidence-format.md says which form it must have`,
  });
}
