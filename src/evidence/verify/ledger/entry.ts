import { isJsonObject, type Json, type JsonObject } from '../../../core/index.ts';
import { fail } from '../report.ts';

/** What an entry of the ledger says, as far as evidence is concerned (docs/ledger-format.md). */
export type Entry = {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** Their id. */
  readonly actor: string;
  readonly ts: string;
  /** Null of an entry that records no decision. */
  readonly decision: JsonObject | null;
  readonly result: string | null;
  readonly effect: Json;
  /** Of the leaf, hex. */
  readonly hash: string;
};

/** @param leaf proven to be in the log at `seq` */
export function entryIn(leaf: string, seq: number, hash: string): Entry {
  const value: unknown = JSON.parse(leaf);
  const entry = isJsonObject(value) ? value : fail(`entry ${seq} is not an object`);
  const { actor, data } = entry;
  const decision = isJsonObject(data) && isJsonObject(data['decision']) ? data['decision'] : null;
  return {
    seq,
    id: textOf(entry, 'id'),
    type: textOf(entry, 'type'),
    subject: textOf(entry, 'subject'),
    actor: isJsonObject(actor) ? textOf(actor, 'id') : '',
    ts: textOf(entry, 'ts'),
    decision,
    result: decision === null ? null : textOf(decision, 'result'),
    effect: isJsonObject(data) ? (data['effect'] ?? null) : null,
    hash,
  };
}

function textOf(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : fail(`an entry has no text \`${name}\``);
}
