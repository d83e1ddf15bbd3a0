import { digestOf, isJsonObject, type Json, type JsonObject } from '../core/index.ts';

/** What entries are found by, beside seq and subject. Null where an entry has no such thing. */
export type Searchable = {
  readonly type: string | null;
  /** Id of the actor. */
  readonly actor: string | null;
  /** ALLOW, DENY or STEP_UP. */
  readonly result: string | null;
  /** The rule that determined it. */
  readonly rule: string | null;
  /** The entry's own moment, RFC 3339 in UTC with milliseconds. */
  readonly at: string | null;
};

/**
 * The columns beside a leaf, out of its content and of nothing else: they can be made again at any time, and what an erasure leaves as
 * a commitment in the leaf is null here. Migration 0007 says the same in SQL, for leaves from before it.
 */
export function searchable(entry: JsonObject): Searchable {
  const decision = member(member(entry, 'data'), 'decision');
  return {
    type: indexed(entry['type']),
    actor: indexed(member(entry, 'actor')['id']),
    result: indexed(decision['result']),
    rule: indexed(decision['ruleId']),
    at: moment(entry['ts']),
  };
}

/** Longer values do not fit an index: they are found by their digest. The same on the way in and when it is asked for. */
const LONGEST_BYTES = 512;

/** A text as the index has it: itself, or its digest where PostgreSQL cannot hold it there. */
export function indexedText(value: string): string {
  const bytes = Buffer.from(value, 'utf8');
  return bytes.length > LONGEST_BYTES || value.includes('\0') ? digestOf(bytes) : value;
}

function indexed(value: Json | undefined): string | null {
  return typeof value === 'string' ? indexedText(value) : null;
}

function member(value: JsonObject, name: string): JsonObject {
  const found = value[name];
  return isJsonObject(found) ? found : {};
}

/** Only what we write ourselves: `Date` would take much else, and PostgreSQL other things again. */
function moment(value: Json | undefined): string | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return null;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) || at.toISOString() !== value || value.startsWith('0000') ? null : value;
}
