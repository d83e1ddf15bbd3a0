import { hash } from 'node:crypto';
import { canonicalBytes } from './canonical.ts';
import type { Json } from './json.ts';

/** SHA-256 of the parts, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Buffer {
  return hash('sha256', Buffer.concat(parts), 'buffer');
}

/** `sha256:<hex>` of some bytes: the form in which digests appear in decisions, manifests and answers. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${hash('sha256', bytes)}`;
}

/** `sha256:<hex>` of a value's canonical JSON (RFC 8785). */
export function digestOfJson(value: Json): string {
  return digestOf(canonicalBytes(value));
}
