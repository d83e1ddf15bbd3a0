import { isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import { type Disclosure, disclosed } from '../../vault/index.ts';
import type { DecisionResult } from '../schema.gen.ts';

export type EntryView = {
  seq: number;
  entryId: string;
  ts: string;
  type: string;
  subject: string;
  actor: string;
  result: DecisionResult | null;
  ruleId: string | null;
  leafHash: string;
  prev: string | null;
  data: Json;
};

/** A leaf as GraphQL shows it. What the kernel wrote is read back, so a wrong shape is a fault of ours. */
export function toEntry(row: Json): EntryView {
  const { seq, leafHash, body, disclosures } = object(row);
  const leaf = object(JSON.parse(text(body)));
  const data = leaf['data'] ?? null;
  const decision = isJsonObject(data) && isJsonObject(data['decision']) ? data['decision'] : {};
  return {
    seq: Number(seq),
    leafHash: text(leafHash),
    entryId: text(leaf['id']),
    ts: text(leaf['ts']),
    type: text(leaf['type']),
    subject: text(leaf['subject']),
    actor: text(object(leaf['actor'])['id']),
    result: toResult(decision['result']),
    ruleId: typeof decision['ruleId'] === 'string' ? decision['ruleId'] : null,
    prev: leaf['prev'] === null ? null : text(leaf['prev']),
    data: disclosed(data, '/data', toDisclosures(disclosures)).value,
  };
}

type EntryPageView = {
  edges: { cursor: string; node: EntryView }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  totalCount: number;
  size: number;
  archivedBefore: number;
};

/** A page of entries as a Relay connection. */
export function toPage(result: JsonObject): EntryPageView {
  const { entries, totalCount, size, archivedBefore, hasNextPage, hasPreviousPage } = result;
  const rows = Array.isArray(entries) ? entries : [];
  const edges = rows.map((row) => ({ cursor: text(object(row)['cursor']), node: toEntry(row) }));
  const [startCursor, endCursor] = [edges.at(0)?.cursor ?? null, edges.at(-1)?.cursor ?? null];
  return {
    edges,
    pageInfo: { hasNextPage: hasNextPage === true, hasPreviousPage: hasPreviousPage === true, startCursor, endCursor },
    totalCount: Number(totalCount),
    size: Number(size),
    archivedBefore: Number(archivedBefore),
  };
}

function toResult(value: Json | undefined): DecisionResult | null {
  return value === 'ALLOW' || value === 'DENY' || value === 'STEP_UP' ? value : null;
}

function object(value: Json | undefined): JsonObject {
  if (!isJsonObject(value)) throw new Error('the ledger holds something that is not an object where an entry must be');
  return value;
}

export function text(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error('the ledger holds something that is not text where text must be');
  return value;
}

export function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

export function toDisclosures(value: Json | undefined): Disclosure[] {
  if (!Array.isArray(value)) return [];
  return value
    .map(object)
    .map(({ path, salt, value: disclosedValue }) => ({ path: text(path), salt: text(salt), value: text(disclosedValue) }));
}
