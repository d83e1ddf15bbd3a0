import { createHash } from 'node:crypto';
import { canonicalBytes } from './canonical.ts';
import type { Json } from './json.ts';

/** SHA-256 of the parts, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** `sha256:<hex>` of some bytes: the form in which digests appear in decisions, manifests and answers. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${sha256(bytes).toString('hex')}`;
}

/** `sha256:<hex>` of a value's canonical JSON (RFC 8785). */
export function digestOfJson(value: Json): string {
  return digestOf(canonicalBytes(value));
}
