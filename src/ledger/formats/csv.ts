import { isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import type { SequencedLeaf } from '../store.ts';
import type { EntryFormat } from './format.ts';

const columns = [
  'seq',
  'id',
  'ts',
  'type',
  'subject',
  'actor',
  'actor_kind',
  'result',
  'rule',
  'explanation',
  'decision_id',
  'purpose',
  'leaf_hash',
] as const;

/**
 * RFC 4180 in UTF-8: a header, CRLF, quotes where they are needed and doubled inside. What an entry says of its decision, not all of its
 * data: that is what `jsonl` is for. Moments are UTC.
 */
export const csv: EntryFormat = {
  head: `${columns.join(',')}\r\n`,
  write: (leaf) => `${cellsOf(leaf).map(cell).join(',')}\r\n`,
};

function cellsOf({ seq, body, hash }: SequencedLeaf): (Json | undefined)[] {
  const entry: JsonObject = JSON.parse(body.toString('utf8'));
  const actor = object(entry['actor']);
  const decision = object(object(entry['data'])['decision']);
  return [
    seq,
    entry['id'],
    entry['ts'],
    entry['type'],
    entry['subject'],
    actor['id'],
    actor['kind'],
    decision['result'],
    decision['ruleId'],
    decision['explanation'],
    decision['decisionId'],
    decision['purpose'],
    hash.toString('hex'),
  ];
}

function object(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/**
 * A cell as a spreadsheet will not run it: text that begins like a formula (also in full-width characters, and after a tab or a line
 * end, which some trim away) gets an apostrophe before it. See https://owasp.org/www-community/attacks/CSV_Injection.
 */
function cell(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
