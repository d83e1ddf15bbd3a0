import type { JsonObject } from '../../core/index.ts';
import type { Change } from './changes.ts';
import type { Source } from './positions.ts';

/** What every string becomes; no fact and no rule has this value. */
const strange = '"mutated"';

const number = /-?\s*\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * The changes of a literal: another string, one more and one less, the other truth value, `false` for null.
 *
 * What only looks like one is left alone: in `input.action` OPA's tree has the string "action".
 */
export function constantChanges(term: JsonObject, source: Source): Change[] {
  const span = source.spanOf(term);
  if (span === undefined) return [];
  const own = source.text.slice(span.start, span.end);
  const to = (...texts: string[]): Change[] => texts.map((text) => ({ operator: 'change constant', span, text }));
  switch (term['type']) {
    case 'string':
      return /^["`]/.test(own) ? to(strange) : [];
    case 'templatestring':
      return own.startsWith('$') ? to(strange) : [];
    case 'boolean':
      return own === 'true' ? to('false') : own === 'false' ? to('true') : [];
    case 'null':
      return own === 'null' ? to('false') : [];
    case 'number':
      return numberChanges(span.start, source.text);
    default:
      return [];
  }
}

/** Read from the text: of a negative number OPA's location covers only the sign. */
function numberChanges(start: number, text: string): Change[] {
  number.lastIndex = start;
  const [digits] = number.exec(text) ?? [];
  if (digits === undefined) return [];
  const value = Number(digits.replace(/\s/g, ''));
  const span = { start, end: start + digits.length };
  return [value + 1, value - 1].map((other) => ({ operator: 'change constant', span, text: String(other) }));
}
