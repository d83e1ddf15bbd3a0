import type { JsonObject } from '../../core/index.ts';
import type { Change } from './changes.ts';
import { comparisonChanges } from './comparisons.ts';
import { conditionChanges } from './conditions.ts';
import { constantChanges } from './constants.ts';
import { memberChanges } from './members.ts';
import type { Source, Span } from './positions.ts';
import { objectIn, objectsIn } from './tree.ts';
import { type Node, walkRule } from './walk.ts';

/** Every change of a rule as OPA parsed it. */
export function ruleChanges(rule: JsonObject, source: Source): Change[] {
  const span = spanOfRule(rule, source);
  const removal: Change[] = span === undefined ? [] : [{ operator: 'remove rule', span, text: '' }];
  const inside = [...walkRule(rule)].flatMap((node) => nodeChanges(node, source));
  if (rule['default'] !== true) return [...removal, ...inside];
  return [...removal, ...inside.map((change): Change => ({ ...change, operator: 'change default' }))];
}

function nodeChanges({ kind, node }: Node, source: Source): Change[] {
  const own = kind === 'condition' ? conditionChanges(node, source) : kind === 'term' ? constantChanges(node, source) : [];
  switch (node['type']) {
    case 'array':
    case 'object':
    case 'set':
      return [...own, ...memberChanges(node, source)];
    case 'call':
      return [...own, ...comparisonChanges(objectsIn(node, 'value'), source)];
    default:
      return [...own, ...comparisonChanges(objectsIn(node, 'terms'), source)];
  }
}

/** A rule goes together with the annotations right above it: left behind, they would become the next rule's. */
function spanOfRule(rule: JsonObject, source: Source): Span | undefined {
  const own = source.spanOf(rule);
  // Of a default rule OPA says where the word `default` stands.
  const end = rule['default'] === true ? source.spanOf(objectIn(rule, 'head'))?.end : own?.end;
  if (own === undefined || end === undefined) return undefined;
  const above = objectsIn(rule, 'annotations')
    .flatMap((annotation) => source.spanOf(annotation) ?? [])
    .find((annotation) => source.text.slice(annotation.end, own.start).trim() === '');
  return { start: above?.start ?? own.start, end };
}
