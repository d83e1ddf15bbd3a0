import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalBytes, isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import { VerifyError } from './errors.ts';

const schema = z.tuple([z.string().regex(/^[A-Za-z0-9_-]{43}$/), z.string(), z.json()]);

/** A personal value that a leaf holds as a commitment, opened: where it stands, a JSON pointer, and what it is. */
export type Disclosed = { readonly path: string; readonly value: Json };

/**
 * Checks a disclosure `[salt, path, value]` against the entry: at `path` stands `{"committed": hex}` in the place of the value, with
 * hex = SHA-256 of the canonical JSON of the disclosure (docs/ledger-format.md).
 *
 * @throws VerifyError `verify.disclosure_malformed`, `verify.disclosure_invalid`
 */
export function verifyDisclosure(entry: JsonObject, text: string): Disclosed {
  const [salt, path, value] = parse(text);
  const committed = commitmentAt(entry, path);
  if (committed !== undefined && committed === hashOf([salt, path, value])) return { path, value };
  const what = committed === undefined ? 'the entry holds no commitment there' : 'it is not the value that was committed to';
  throw new VerifyError('verify.disclosure_invalid', `the disclosure of \`${path}\` is refused: ${what}`);
}

/** Undefined for what cannot be written canonically, and so was never committed to. */
function hashOf(disclosure: readonly Json[]): string | undefined {
  try {
    return createHash('sha256').update(canonicalBytes(disclosure)).digest('hex');
  } catch {
    return undefined;
  }
}

function parse(text: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new VerifyError(
      'verify.disclosure_malformed',
      'a disclosure is a JSON array `[salt, path, value]`, the salt 32 bytes in base64url',
      {
        cause,
      },
    );
  }
}

/** The hash in `{"committed": "<64 hex>"}` at a JSON pointer (RFC 6901); undefined when nothing of that form stands there. */
function commitmentAt(entry: JsonObject, pointer: string): string | undefined {
  let at: Json | undefined = entry;
  for (const step of pointer.split('/').slice(1)) at = memberOf(at, step.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (!pointer.startsWith('/') || !isJsonObject(at)) return undefined;
  const { committed, ...rest } = at;
  return typeof committed === 'string' && Object.keys(rest).length === 0 ? committed : undefined;
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
