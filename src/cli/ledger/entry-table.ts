import { isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import type { EntryFormat } from '../../ledger/index.ts';
import { lines } from '../report.ts';

const columns = [
  ['seq', 8],
  ['ts', 24],
  ['result', 7],
  ['type', 28],
  ['actor', 28],
  ['subject', 48],
  ['rule', 0],
] as const;

/** For people: columns of a fixed width, because the widest cell is known only at the end. What does not fit moves the rest of its line. */
export const entryTable: EntryFormat = {
  head: `${row(columns.map(([name]) => name))}\n`,
  write: ({ seq, body }) => {
    const entry: JsonObject = JSON.parse(body.toString('utf8'));
    const decision = object(object(entry['data'])['decision']);
    const cells = [seq, entry['ts'], decision['result'], entry['type'], object(entry['actor'])['id'], entry['subject'], decision['ruleId']];
    return `${row(cells.map(text))}\n`;
  },
};

function row(cells: readonly string[]): string {
  const padded = columns.map(([, width], column) => (cells[column] ?? '').padEnd(width));
  return lines([padded.join('  ').trimEnd()]);
}

function object(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function text(value: Json | undefined): string {
  if (value === undefined || value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
