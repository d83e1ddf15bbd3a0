import { canonicalBytes, type EntryId, type JsonObject, sha256 } from '../core/index.ts';
import { LedgerError } from './errors.ts';

/** Who did it, as the ledger names them: an opaque id, never a personal name. */
export type LedgerActor = { readonly id: string; readonly kind: 'human' | 'service' | 'system' };

/** What a business transaction hands to the ledger. */
export type Entry = {
  readonly id: EntryId;
  /** The moment of the decision, RFC 3339 in UTC with milliseconds. */
  readonly ts: string;
  /** The action, or the ledger's own events; dotted, lower case. */
  readonly type: string;
  /** What it is about, `<type>:<id>`. */
  readonly subject: string;
  readonly actor: LedgerActor;
  readonly data: JsonObject;
};

/** An entry at its place: the body of an RFC 6962 leaf, version 1 (docs/ledger-format.md). */
export type Leaf = Entry & {
  readonly v: 1;
  readonly log: string;
  /** Dense from 0. */
  readonly seq: number;
  /** Hex leaf hash of `seq - 1`; null at 0. So a reader of a text export can follow the chain without the tree. */
  readonly prev: string | null;
};

/** C2SP tlog-tiles bounds an entry by a uint16 length. */
const MAX_LEAF_BYTES = 65_535;
/** Room for `log`, `seq`, `prev` and `v`, which are added when the entry is sequenced. */
const PLACE_BYTES = 256;

/** The JCS bytes that wait in the outbox. @throws LedgerError `ledger.entry_too_large`; CanonicalError */
export function entryBytes(entry: Entry): Buffer {
  const bytes = canonicalBytes(entryJson(entry));
  if (bytes.length <= MAX_LEAF_BYTES - PLACE_BYTES) return bytes;
  throw new LedgerError(
    'ledger.entry_too_large',
    `the entry \`${entry.type}\` has ${bytes.length} bytes, above ${MAX_LEAF_BYTES - PLACE_BYTES}`,
    {
      remedy: 'send less in one call; large evidence goes by digest',
    },
  );
}

/**
 * Gives an entry its place. Spliced and not parsed: in canonical order `log`, `prev` and `seq` come after `id` and before `subject`, and
 * `v` comes last. What follows the entry's own `id` are texts, in which a quote is escaped: the last match is the right one.
 */
export function leafBytes(entry: Buffer, place: { log: string; seq: number; prev: Buffer | null; entryId: string }): Buffer {
  const id = `"id":"${place.entryId}"`;
  const at = entry.lastIndexOf(`${id},"subject":"`);
  if (at < 0) throw new LedgerError('ledger.inconsistent', `what waits as \`${place.entryId}\` is not an entry of that id`);
  const split = at + id.length;
  const prev = place.prev === null ? 'null' : `"${place.prev.toString('hex')}"`;
  return Buffer.concat([
    entry.subarray(0, split),
    Buffer.from(`,"log":"${place.log}","prev":${prev},"seq":${place.seq}`),
    entry.subarray(split, -1),
    Buffer.from(',"v":1}'),
  ]);
}

/** RFC 6962 §2.1: H(0x00 ‖ body). */
export function leafHash(body: Uint8Array): Buffer {
  return sha256(Uint8Array.of(0x00), body);
}

function entryJson(entry: Entry): JsonObject {
  const { id, ts, type, subject, actor, data } = entry;
  return { id, ts, type, subject, actor: { id: actor.id, kind: actor.kind }, data };
}
