import { inOrder, type SchemaChange } from '../../kinds/schema-diff.ts';
import type { Attribute, SqlObject } from './objects.ts';
import { isFilled, rules } from './rules.ts';

/** What became of one schema in another. Pure: both are descriptions that `describeSchema` read. */
export function sqlChanges(before: readonly SqlObject[], after: readonly SqlObject[]): SchemaChange[] {
  const [known, now] = [byKey(before), byKey(after)];
  const removed = before.filter((object) => !now.has(keyOf(object)));
  const added = after.filter((object) => !known.has(keyOf(object)));
  return inOrder([
    ...notInside(removed).map((object) => change(object, judged(rules[object.kind].removed, object), 'was removed')),
    ...notInside(added).map((object) => change(object, judged(rules[object.kind].added, object), `was added${described(object)}`)),
    ...after.flatMap((object) => alterations(known.get(keyOf(object)), object)),
  ]);
}

function byKey(objects: readonly SqlObject[]): ReadonlyMap<string, SqlObject> {
  return new Map(objects.map((object) => [keyOf(object), object]));
}

function keyOf({ kind, path }: SqlObject): string {
  return `${kind} ${path}`;
}

const holders: ReadonlySet<string> = new Set(['schema', 'table', 'view', 'type', 'sequence', 'function', 'column']);

/** Without what came or went with something that holds it. */
function notInside(objects: readonly SqlObject[]): SqlObject[] {
  const whole = new Set(objects.filter(({ kind }) => holders.has(kind)).map(({ path }) => path));
  return objects.filter(({ parent }) => parent === null || !whole.has(parent));
}

function alterations(before: SqlObject | undefined, after: SqlObject): SchemaChange[] {
  if (before === undefined) return [];
  return Object.entries(rules[after.kind].altered).flatMap(([attribute, judge]) => {
    const [from, to] = [before.attributes[attribute] ?? null, after.attributes[attribute] ?? null];
    if (from === to) return [];
    return [change(after, judged(judge, { from, to, after }), `has another ${attribute}${fromTo(from, to)}`)];
  });
}

function judged<Context>(judge: SchemaChange['criticality'] | ((context: Context) => SchemaChange['criticality']), context: Context) {
  return typeof judge === 'function' ? judge(context) : judge;
}

function change({ kind, path }: SqlObject, criticality: SchemaChange['criticality'], what: string): SchemaChange {
  return { criticality, path, message: `${kind} \`${path}\` ${what}` };
}

/** The values, where they are short enough to be read. */
function fromTo(from: Attribute, to: Attribute): string {
  const [before, after] = [shown(from), shown(to)];
  return before.length + after.length > 200 ? '' : `: ${before} → ${after}`;
}

function shown(value: Attribute): string {
  return value === null ? 'none' : `\`${String(value).replaceAll('\n', ', ')}\``;
}

/** Why one new column breaks what writes to its table and another does not. */
function described({ kind, attributes }: SqlObject): string {
  if (kind !== 'column') return '';
  return `: \`${attributes['type']}\`${attributes['not null'] === true ? ', not null' : ''}${isFilled(attributes) ? ', filled by itself' : ''}`;
}
