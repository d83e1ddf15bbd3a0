import { isJsonObject, type JsonObject } from '../../core/index.ts';
import { listIn, objectIn, objectsIn } from './tree.ts';

/** What can be changed in a rule. A `condition` is an expression that has to hold; an `expression` only gives a value (in a template string). */
export type Node = { readonly kind: 'condition' | 'expression' | 'term'; readonly node: JsonObject };

/** All that a rule's head gives, its conditions and their terms, and the same of each `else`; depth first. */
export function* walkRule(rule: JsonObject): Generator<Node> {
  const head = objectIn(rule, 'head');
  yield* walkTerm(objectIn(head, 'value'));
  yield* walkTerm(objectIn(head, 'key'));
  for (const argument of objectsIn(head, 'args')) yield* walkTerm(argument);
  yield* walkBody(objectsIn(rule, 'body'));
  if ('else' in rule) yield* walkRule(objectIn(rule, 'else'));
}

function* walkBody(body: readonly JsonObject[]): Generator<Node> {
  for (const expression of body) {
    // The `true` that OPA puts where a rule has no body.
    if (expression['generated'] === true) continue;
    yield { kind: 'condition', node: expression };
    yield* walkExpression(expression);
  }
}

function* walkExpression(expression: JsonObject): Generator<Node> {
  const terms = expression['terms'];
  if (isJsonObject(terms)) yield* walkSingle(terms);
  for (const term of objectsIn(expression, 'terms')) yield* walkTerm(term);
  for (const modifier of objectsIn(expression, 'with')) yield* walkTerm(objectIn(modifier, 'value'));
}

/** What stands alone in an expression: `some … in …`, `every`, or a term. */
function* walkSingle(terms: JsonObject): Generator<Node> {
  if ('symbols' in terms) {
    for (const symbol of objectsIn(terms, 'symbols')) yield* walkTerm(symbol);
  } else if ('domain' in terms) {
    yield* walkTerm(objectIn(terms, 'domain'));
    yield* walkBody(objectsIn(terms, 'body'));
  } else yield* walkTerm(terms);
}

function* walkTerm(term: JsonObject): Generator<Node> {
  yield { kind: 'term', node: term };
  for (const part of partsOf(term)) yield* walkTerm(part);
  const value = objectIn(term, 'value');
  if (String(term['type']).endsWith('comprehension')) yield* walkBody(objectsIn(value, 'body'));
  for (const part of objectsIn(value, 'parts').filter((one) => 'terms' in one)) {
    yield { kind: 'expression', node: part };
    yield* walkExpression(part);
  }
}

/** The terms inside a term. A constant that is a member of an array or a set is not walked: it is dropped, which says as much as changing it. */
function partsOf(term: JsonObject): JsonObject[] {
  switch (term['type']) {
    case 'array':
    case 'set':
      return objectsIn(term, 'value').filter(({ type }) => !constants.includes(String(type)));
    case 'object':
      return listIn(term, 'value').flatMap((pair) => valueIn(pair));
    case 'ref':
    case 'call':
      return objectsIn(term, 'value');
    case 'arraycomprehension':
    case 'setcomprehension':
    case 'objectcomprehension':
      return ['term', 'key', 'value'].map((part) => objectIn(objectIn(term, 'value'), part));
    default:
      return [];
  }
}

const constants = ['string', 'number', 'boolean', 'null', 'templatestring'];

/** Of a key and its value the key is not walked: it is dropped with its value. */
function valueIn(pair: unknown): JsonObject[] {
  const value: unknown = Array.isArray(pair) ? pair[1] : undefined;
  return isJsonObject(value) ? [value] : [];
}
