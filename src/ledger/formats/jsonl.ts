import type { EntryFormat } from './format.ts';

const LINE_END = Buffer.from('\n');

/** A leaf body a line, byte for byte: `leafHash` of a line is the leaf's. */
export const jsonl: EntryFormat = { head: '', write: ({ body }) => Buffer.concat([body, LINE_END]) };
