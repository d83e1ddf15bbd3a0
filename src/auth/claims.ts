import { isJsonObject } from '../core/index.ts';

export type Claims = { readonly [name: string]: unknown };

/** A claim by its name, or by a JSON pointer (RFC 6901) when the name begins with `/`: `/realm_access/roles`. */
export function readClaim(claims: Claims, name: string): unknown {
  if (!name.startsWith('/')) return ownValue(claims, name);
  let value: unknown = claims;
  for (const part of name.slice(1).split('/')) value = ownValue(value, part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return value;
}

/** Own properties only, so that no claim is ever found on a prototype. */
function ownValue(container: unknown, key: string): unknown {
  if (Array.isArray(container)) return /^(0|[1-9]\d{0,5})$/.test(key) ? container[Number(key)] : undefined;
  return isJsonObject(container) && Object.hasOwn(container, key) ? container[key] : undefined;
}

/** The strings of an array or of a space-separated text, each once; what is no string, or no Unicode text, is left out. */
export function textList(value: unknown): readonly string[] {
  const items: readonly unknown[] = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return [...new Set(items.filter(isText))];
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 256 && value.isWellFormed();
}
