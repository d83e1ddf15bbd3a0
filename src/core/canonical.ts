import { CodedError } from './errors.ts';
import type { Json } from './json.ts';

export class CanonicalError extends CodedError<'canonical.unsupported_value' | 'canonical.not_canonical'> {}

/** Keys and indexes from the root to where the writer is. */
type Path = (string | number)[];

/** Deeper than any document of ours, and shallow enough for the stack of every reader. */
const DEEPEST = 500;

/**
 * The JCS bytes of a value (RFC 8785), as UTF-8: no spaces, keys in the order of their UTF-16 code units, scalars as
 * ECMAScript writes them. Every decision and every entry passes here, so it is one pass of our own; the tests hold it against
 * the RFC's vectors and against the package `canonicalize`.
 *
 * Refused is what would be altered or left out: `undefined`, functions, symbols, bigint, dates, numbers that JSON cannot hold,
 * integers beyond 2^53 - 1, which other readers would round (write those as strings), lone surrogates, and nesting without end.
 *
 * @throws CanonicalError `canonical.unsupported_value`, naming the path.
 */
export function canonicalBytes(value: Json): Buffer {
  return Buffer.from(written(value, []), 'utf8');
}

/**
 * Parses bytes that must already be canonical: what reads differently when written again (duplicate keys, spaces, another
 * key order, another number form) is refused, so that equal values have equal bytes.
 *
 * @throws CanonicalError `canonical.not_canonical`.
 */
export function parseCanonical(bytes: Uint8Array): Json {
  let value: Json;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new CanonicalError('canonical.not_canonical', 'the bytes are not JSON in UTF-8', { cause });
  }
  if (!canonicalBytes(value).equals(bytes)) {
    throw new CanonicalError('canonical.not_canonical', 'the JSON is not in canonical form (RFC 8785)');
  }
  return value;
}

/** Text of others without what neither canonical JSON nor PostgreSQL can hold: an outcome or an alert is not lost for a broken character. */
export function recordableText(value: string): string {
  return value.toWellFormed().replaceAll('\0', '\uFFFD');
}

function written(value: unknown, path: Path): string {
  switch (typeof value) {
    case 'string':
      return writtenString(value, 'a string', path);
    case 'number':
      return writtenNumber(value, path);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (path.length >= DEEPEST) return refuse(path, `what is nested deeper than ${DEEPEST} levels`);
      return Array.isArray(value) ? writtenArray(value, path) : writtenObject(value, path);
    default:
      return refuse(path, `a value of type ${typeof value}`);
  }
}

/** Printable ASCII without the quote and the backslash: it needs no escape, and most of what we write is this. */
const plain = /^[ !#-[\]-~]*$/;

function writtenString(text: string, what: 'a string' | 'a key', path: Path): string {
  if (plain.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) refuse(path, `${what} with a lone surrogate`);
  return JSON.stringify(text);
}

function writtenNumber(value: number, path: Path): string {
  if (!Number.isFinite(value)) refuse(path, `the number ${value}`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) refuse(path, 'an integer beyond 2^53 - 1');
  return JSON.stringify(value);
}

function writtenArray(items: readonly unknown[], path: Path): string {
  let text = '[';
  // By index and not by what `map` visits: a hole is refused like any other undefined.
  for (let index = 0; index < items.length; index += 1) {
    path.push(index);
    text += index === 0 ? written(items[index], path) : `,${written(items[index], path)}`;
    path.pop();
  }
  return `${text}]`;
}

function writtenObject(value: object, path: Path): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(path, 'an object that is not plain');
  let text = '{';
  for (const key of Object.keys(value).sort()) {
    if (text !== '{') text += ',';
    text += `${writtenString(key, 'a key', path)}:`;
    path.push(key);
    text += written(Reflect.get(value, key), path);
    path.pop();
  }
  return `${text}}`;
}

function refuse(path: Path, what: string): never {
  const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  throw new CanonicalError('canonical.unsupported_value', `${what} at \`$${place}\` cannot be written as canonical JSON`);
}
