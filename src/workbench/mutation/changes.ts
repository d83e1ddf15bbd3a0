import type { Span } from './positions.ts';

/** The ways a policy is broken on purpose. */
export type Operator =
  | 'drop condition'
  | 'negate condition'
  | 'swap comparison'
  | 'change constant'
  | 'change default'
  | 'drop member'
  | 'remove rule';

/** One change to a source: the text in `span` becomes `text`. */
export type Change = { readonly operator: Operator; readonly span: Span; readonly text: string };

/** The source with a change made. */
export function applied(text: string, { span, text: replacement }: Change): string {
  return text.slice(0, span.start) + replacement + text.slice(span.end);
}
