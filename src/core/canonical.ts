import canonicalize from 'canonicalize';
import { CodedError } from './errors.ts';
import type { Json } from './json.ts';

export class CanonicalError extends CodedError<'canonical.unsupported_value' | 'canonical.not_canonical'> {}

/**
 * The JCS bytes of a value (RFC 8785), as UTF-8.
 *
 * The library serialises; this refuses what it would let through or alter: `undefined`, functions, symbols, bigint, dates, numbers
 * that JSON cannot hold, and integers beyond 2^53 - 1, which other readers would round (write those as strings).
 *
 * @throws CanonicalError `canonical.unsupported_value`, naming the path.
 */
export function canonicalBytes(value: Json): Buffer {
  assertCanonicalisable(value, '$');
  const text = canonicalize(value);
  if (text === undefined) throw new CanonicalError('canonical.unsupported_value', 'the value at `$` has no JSON form');
  return Buffer.from(text, 'utf8');
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

function assertCanonicalisable(value: unknown, path: string): void {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) refuse(path, 'a string with a lone surrogate');
      return;
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value)) refuse(path, `the number ${value}`);
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) refuse(path, 'an integer beyond 2^53 - 1');
      return;
    case 'object':
      assertContainer(value, path);
      return;
    default:
      refuse(path, `a value of type ${typeof value}`);
  }
}

function assertContainer(value: object | null, path: string): void {
  if (value === null) return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) assertCanonicalisable(value[index], `${path}[${index}]`);
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(path, 'an object that is not plain');
  for (const [key, item] of Object.entries(value)) {
    if (!key.isWellFormed()) refuse(path, 'a key with a lone surrogate');
    assertCanonicalisable(item, `${path}.${key}`);
  }
}

function refuse(path: string, what: string): never {
  throw new CanonicalError('canonical.unsupported_value', `${what} at \`${path}\` cannot be written as canonical JSON`);
}
