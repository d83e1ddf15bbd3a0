import { isJsonObject, type JsonObject } from '../../core/index.ts';
import type { Change } from './changes.ts';
import type { Source } from './positions.ts';
import { objectsIn, operatorOf } from './tree.ts';

/** A condition becomes `true`, and its own contrary. Declaring or assigning a variable is no condition. */
export function conditionChanges(expression: JsonObject, source: Source): Change[] {
  const span = source.spanOf(expression);
  const kind = kindOf(expression);
  if (span === undefined || kind === 'declaration') return [];
  const own = source.text.slice(span.start, span.end);
  const contrary: Change = {
    operator: 'negate condition',
    span,
    text: expression['negated'] === true ? own.replace(/^not\s+/, '') : `not ${own}`,
  };
  return [{ operator: 'drop condition', span, text: 'true' }, ...(kind === 'loop' ? [] : [contrary])];
}

type Kind = 'declaration' | 'loop' | 'test';

/** `some x` and `x := …` declare; `some x in …` and `every` cannot stand behind `not`. */
function kindOf(expression: JsonObject): Kind {
  const terms = expression['terms'];
  if (isJsonObject(terms) && 'symbols' in terms) {
    return objectsIn(terms, 'symbols').some(({ type }) => type === 'call') ? 'loop' : 'declaration';
  }
  if (isJsonObject(terms) && 'domain' in terms) return 'loop';
  return operatorOf(objectsIn(expression, 'terms'))?.name === 'assign' ? 'declaration' : 'test';
}
