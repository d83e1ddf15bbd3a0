import type { SchemaChange } from '../../kinds/schema-diff.ts';
import type { Attribute, ObjectKind, SqlObject } from './objects.ts';
import { isWider } from './types.ts';

type Criticality = SchemaChange['criticality'];
/** A constant where nothing else matters. */
type Judge<Context> = Criticality | ((context: Context) => Criticality);
export type Altered = { readonly from: Attribute; readonly to: Attribute; readonly after: SqlObject };

type Rules = {
  readonly added: Judge<SqlObject>;
  readonly removed: Judge<SqlObject>;
  /** By attribute; what the catalog tells of an object and stands not here is not compared. */
  readonly altered: { readonly [attribute: string]: Judge<Altered> };
};

/**
 * How much a change hurts those who use the database as it was. Breaking: a statement that worked fails. Dangerous: it may come to
 * something else, or fail on some rows. Safe: nobody notices.
 */
export const rules: { readonly [kind in ObjectKind]: Rules } = {
  schema: { added: 'safe', removed: 'breaking', altered: {} },
  extension: { added: 'safe', removed: 'breaking', altered: { version: 'dangerous' } },
  table: {
    added: 'safe',
    removed: 'breaking',
    altered: { 'row security': 'dangerous', 'forced row security': 'dangerous', persistence: 'dangerous', partitioning: 'dangerous' },
  },
  view: { added: 'safe', removed: 'breaking', altered: { definition: 'dangerous', options: 'dangerous', materialized: 'dangerous' } },
  type: {
    added: 'safe',
    removed: 'breaking',
    altered: {
      labels: ({ from, to }) => (isExtended(from, to) ? 'dangerous' : 'breaking'),
      base: 'breaking',
      default: 'dangerous',
      'not null': 'dangerous',
    },
  },
  sequence: { added: 'safe', removed: 'breaking', altered: { definition: 'dangerous' } },
  function: {
    added: 'safe',
    removed: 'breaking',
    altered: { result: 'breaking', arguments: 'breaking', body: 'dangerous', properties: 'dangerous' },
  },
  column: {
    added: ({ attributes }) => (attributes['not null'] === true && !isFilled(attributes) ? 'breaking' : 'safe'),
    removed: 'breaking',
    altered: {
      type: ({ from, to }) => (isWider(String(from), String(to)) ? 'dangerous' : 'breaking'),
      'not null': ({ to, after }) => (to === true && !isFilled(after.attributes) ? 'breaking' : 'dangerous'),
      default: ({ to, after }) => (to === null && after.attributes['not null'] === true ? 'breaking' : 'dangerous'),
      generated: 'breaking',
      identity: 'dangerous',
      collation: 'dangerous',
    },
  },
  constraint: { added: 'dangerous', removed: 'dangerous', altered: { definition: 'dangerous' } },
  index: {
    added: ({ attributes }) => (attributes['unique'] === true ? 'dangerous' : 'safe'),
    removed: 'dangerous',
    altered: { definition: 'dangerous' },
  },
  policy: { added: 'dangerous', removed: 'dangerous', altered: { definition: 'dangerous' } },
  trigger: { added: 'dangerous', removed: 'dangerous', altered: { definition: 'dangerous' } },
  grant: { added: 'dangerous', removed: 'breaking', altered: { grantable: 'dangerous' } },
};

/** True where a row gets a value without being given one. */
export function isFilled(attributes: SqlObject['attributes']): boolean {
  return ['default', 'generated', 'identity'].some((name) => (attributes[name] ?? null) !== null);
}

/** True when an enum has all the labels it had, in their order, and others. */
function isExtended(from: Attribute, to: Attribute): boolean {
  const [before, after] = [String(from).split('\n'), String(to).split('\n')];
  return before.join('\n') === after.filter((label) => before.includes(label)).join('\n');
}
