import { statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { messageOf } from '../core/index.ts';
import type { Draft } from './artifact.ts';
import { EvidenceError } from './errors.ts';
import { type Form, fileForm, formOf, isReserved } from './forms.ts';
import { kinds, MAX_ITEM_BYTES } from './kinds/index.ts';
import { isPlainName } from './names.ts';
import { readInput } from './read-input.ts';

/** A file that somebody gives as evidence. */
export type GivenItem = {
  readonly kind: string;
  readonly file: string;
  /** Its name in the bundle; default: that of its kind, or of the file for kind `file`. */
  readonly name?: string | undefined;
  /** When it was made, RFC 3339, where its content does not say. */
  readonly madeAt?: string | undefined;
};

/**
 * Reads an item as what it claims to be; a `file` is only looked at.
 *
 * @throws EvidenceError `evidence.kind_unknown`, `.input_unreadable`, `.item_malformed`, `.item_too_large`
 */
export function readItem({ kind, file, name, madeAt }: GivenItem, at: Date): Draft {
  const size = sizeOf(kind, file);
  const time = madeAt === undefined ? null : parseMoment(kind, madeAt);
  if (kind === fileForm.kind) {
    return { name: checkedName(name ?? basename(file), fileForm), form: fileForm, madeAt: time, summary: { bytes: size }, source: file };
  }
  const form = formOf(kind);
  const collector = kinds.find((one) => one.name === kind);
  if (collector === undefined) throw notGiven(kind);
  if (size > MAX_ITEM_BYTES) throw tooLarge(kind, file, size);
  const collected = collector.collect({ path: file, bytes: readInput(kind, file), at });
  return { name: checkedName(name ?? form.file, form), form, ...collected, madeAt: collected.madeAt ?? time };
}

/** An item that is made here and not given. */
export function madeItem(kind: string, bytes: Buffer, at: Date): Draft {
  const collector = kinds.find((one) => one.name === kind);
  if (collector === undefined) throw notGiven(kind);
  return { name: collector.file, form: formOf(kind), ...collector.collect({ path: `(made: ${kind})`, bytes, at }) };
}

/** @throws EvidenceError `evidence.name_taken` */
export function assertNamesFree(drafts: readonly Draft[]): void {
  const taken = new Set<string>();
  for (const { name, form } of drafts) {
    if (taken.has(name) || (isReserved(name) && form.file !== name)) throw nameTaken(name);
    taken.add(name);
  }
}

function nameTaken(name: string): EvidenceError {
  return new EvidenceError('evidence.name_taken', `two items would be \`${name}\``, { remedy: 'give one of them another `name`' });
}

function sizeOf(kind: string, file: string): number {
  try {
    const stat = statSync(file);
    if (stat.isFile()) return stat.size;
  } catch (cause) {
    throw unreadable(kind, file, messageOf(cause), cause);
  }
  throw unreadable(kind, file, 'it is no regular file');
}

function checkedName(name: string, form: Form): string {
  if (isPlainName(name) && !name.endsWith('.sigstore.json') && name.endsWith(extname(form.file))) return name;
  throw new EvidenceError('evidence.item_malformed', `\`${name}\` cannot be the name of an item of kind \`${form.kind}\``, {
    remedy: `use letters, digits, dots, hyphens and underscores, not \`.sigstore.json\`${form.file === '' ? '' : `, and the end \`${extname(form.file)}\``}`,
  });
}

function parseMoment(kind: string, text: string): string {
  const at = new Date(text);
  if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(at.getTime())) return at.toISOString();
  throw new EvidenceError('evidence.time_unknown', `the time \`${text}\` of the ${kind} is not one`, {
    remedy: 'give RFC 3339: 2026-01-03T12:00:00Z',
  });
}

function unreadable(kind: string, file: string, why: string, cause?: unknown): EvidenceError {
  return new EvidenceError('evidence.input_unreadable', `cannot read the ${kind} \`${file}\`: ${why}`, {
    cause,
    remedy: `make the ${kind} first, or correct the path`,
  });
}

function tooLarge(kind: string, file: string, size: number): EvidenceError {
  return new EvidenceError('evidence.item_too_large', `the ${kind} \`${file}\` has ${size} bytes, at most ${MAX_ITEM_BYTES} are read`, {
    remedy: 'give it as a `file`, which is not read into memory',
  });
}

function notGiven(kind: string): EvidenceError {
  return new EvidenceError('evidence.kind_unknown', `\`${kind}\` is not read from a file`, {
    remedy: 'it is made by the build itself; see `ig-evidence kinds` for what can be given',
  });
}
