import { canonicalBytes, isJsonObject, type Json, type JsonObject, sha256 } from '../core/index.ts';
import { VaultError } from './errors.ts';

/** What opens a commitment: `path` is the JSON pointer (RFC 6901) in the leaf's body, `salt` base64url of 32 bytes. */
export type Disclosure = { readonly path: string; readonly salt: string; readonly value: string };

/** What stands in a leaf where a personal value would (docs/ledger-format.md). */
export type Committed = { readonly committed: string };

/** SHA-256 of the canonical JSON of `[salt, path, value]`. */
export function commitmentOf({ salt, path, value }: Disclosure): Committed {
  return { committed: sha256(canonicalBytes([salt, path, value])).toString('hex') };
}

/** The commitment that a value is; undefined for any other value. */
function asCommitted(value: unknown): string | undefined {
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return undefined;
  const { committed } = value;
  return typeof committed === 'string' && /^[0-9a-f]{64}$/.test(committed) ? committed : undefined;
}

/** A part of a leaf with its values put back, and where values are still missing, as JSON pointers. */
export type Disclosed = { readonly value: Json; readonly missing: readonly string[] };

/**
 * Puts disclosed values back into a part of a leaf that stands at the pointer `at`. Each is held against its commitment first: what is
 * shown is what was committed to, or it is an error.
 *
 * @throws VaultError `vault.disclosure_mismatch`
 */
export function disclosed(value: Json, at: string, disclosures: readonly Disclosure[]): Disclosed {
  const byPath = new Map(disclosures.map((disclosure) => [disclosure.path, disclosure]));
  const missing: string[] = [];
  const put = (part: Json, path: string): Json => {
    const committed = asCommitted(part);
    if (committed !== undefined) return opened(committed, byPath.get(path)) ?? keep(part, path, missing);
    if (Array.isArray(part)) return part.map((item: Json, index) => put(item, `${path}/${index}`));
    return isJsonObject(part) ? mapMembers(part, (member, name) => put(member, `${path}/${escaped(name)}`)) : part;
  };
  return { value: put(value, at), missing };
}

function opened(committed: string, disclosure: Disclosure | undefined): string | undefined {
  if (disclosure === undefined) return undefined;
  if (commitmentOf(disclosure).committed === committed) return disclosure.value;
  throw new VaultError(
    'vault.disclosure_mismatch',
    `the value disclosed for \`${disclosure.path}\` is not the one that the entry commits to`,
    {
      remedy: 'take the entry for what it is and the value for false; look for who changed `ledger_disclosure` or the file of disclosures',
    },
  );
}

function keep(part: Json, path: string, missing: string[]): Json {
  missing.push(path);
  return part;
}

function mapMembers(object: JsonObject, map: (member: Json, name: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, map(member, name)]));
}

/** A member's name as a token of a JSON pointer (RFC 6901 §3). */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
