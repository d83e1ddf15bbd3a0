import type { JsonObject } from '../../core/index.ts';
import type { Change } from './changes.ts';
import type { Source } from './positions.ts';
import { operatorOf } from './tree.ts';

/** By the text of a comparison, what it becomes: its opposite, and for an order also the same with the border on the other side. */
const swaps: ReadonlyMap<string, readonly string[]> = new Map([
  ['==', ['!=']],
  ['!=', ['==']],
  ['<', ['<=', '>=']],
  ['<=', ['<', '>']],
  ['>', ['>=', '<=']],
  ['>=', ['>', '<']],
]);

/** The changes of the operator of a call or an expression, when it compares. */
export function comparisonChanges(terms: readonly JsonObject[], source: Source): Change[] {
  const node = operatorOf(terms)?.node;
  const span = node && source.spanOf(node);
  if (span === undefined) return [];
  const others = swaps.get(source.text.slice(span.start, span.end)) ?? [];
  return others.map((text) => ({ operator: 'swap comparison', span, text }));
}
