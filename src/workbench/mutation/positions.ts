import { z } from 'zod';
import type { JsonObject } from '../../core/index.ts';

/** A stretch of a source's text: from `start` up to, not including, `end`. */
export type Span = { readonly start: number; readonly end: number };

/** A source and where OPA's nodes stand in it. */
export type Source = {
  readonly text: string;
  /** Undefined when the node has no place, or the text there is not what OPA says it is. */
  readonly spanOf: (node: JsonObject) => Span | undefined;
};

const located = z.object({ location: z.object({ row: z.int(), col: z.int(), text: z.base64().default('') }) });

/** OPA counts rows and columns from 1, and columns in code points; the node's own text comes as base64. */
export function sourceOf(text: string): Source {
  const lines = text.split('\n');
  const starts: number[] = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1);
  const spanOf = (node: JsonObject): Span | undefined => {
    const parsed = located.safeParse(node);
    if (!parsed.success) return undefined;
    const { row, col, text: encoded } = parsed.data.location;
    const column = [...(lines[row - 1] ?? '')].slice(0, col - 1).join('').length;
    const own = Buffer.from(encoded, 'base64').toString('utf8');
    const start = (starts[row - 1] ?? 0) + column;
    return text.startsWith(own, start) ? { start, end: start + own.length } : undefined;
  };
  return { text, spanOf };
}

/** The line of a place, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
