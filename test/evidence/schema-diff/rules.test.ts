import { expect, it } from 'vitest';
import { sqlChanges } from '../../../src/evidence/schema-diff/sql/compare.ts';
import type { SqlObject } from '../../../src/evidence/schema-diff/sql/objects.ts';
import { isWider } from '../../../src/evidence/schema-diff/sql/types.ts';

const object = (
  kind: SqlObject['kind'],
  path: string,
  attributes: SqlObject['attributes'] = {},
  parent: string | null = null,
): SqlObject => ({ kind, path, parent, attributes });
const column = (attributes: SqlObject['attributes']) =>
  object('column', 't.c', { type: 'integer', 'not null': false, default: null, generated: null, identity: null, ...attributes }, 't');
const levels = (before: readonly SqlObject[], after: readonly SqlObject[]) =>
  sqlChanges(before, after).map(({ criticality }) => criticality);

it.each([
  ['schema', 'safe', 'breaking'],
  ['extension', 'safe', 'breaking'],
  ['table', 'safe', 'breaking'],
  ['view', 'safe', 'breaking'],
  ['type', 'safe', 'breaking'],
  ['sequence', 'safe', 'breaking'],
  ['function', 'safe', 'breaking'],
  ['column', 'safe', 'breaking'],
  ['constraint', 'dangerous', 'dangerous'],
  ['index', 'safe', 'dangerous'],
  ['policy', 'dangerous', 'dangerous'],
  ['trigger', 'dangerous', 'dangerous'],
  ['grant', 'dangerous', 'breaking'],
] as const)('a %s that is added is %s, one that is removed %s', (kind, added, removed) => {
  const one = object(kind, 'a.b');
  expect([levels([], [one]), levels([one], []), levels([one], [one])]).toEqual([[added], [removed], []]);
});

it.each([
  ['a new column that must be given', null, column({ 'not null': true }), 'breaking'],
  ['a new column with a default', null, column({ 'not null': true, default: '0' }), 'safe'],
  ['a new column that is generated', null, column({ 'not null': true, generated: '(a + 1)' }), 'safe'],
  ['a new column with an identity', null, column({ 'not null': true, identity: 'a' }), 'safe'],
  ['a new column that may be empty', null, column({}), 'safe'],
  ['a type with more values', column({}), column({ type: 'bigint' }), 'dangerous'],
  ['a type with fewer values', column({ type: 'bigint' }), column({}), 'breaking'],
  ['not null without a default', column({}), column({ 'not null': true }), 'breaking'],
  ['not null with a default', column({ default: '0' }), column({ 'not null': true, default: '0' }), 'dangerous'],
  ['no longer not null', column({ 'not null': true }), column({}), 'dangerous'],
  ['another default', column({ default: '0' }), column({ default: '1' }), 'dangerous'],
  ['no default, where none is needed', column({ default: '0' }), column({}), 'dangerous'],
  ['no default, where one is needed', column({ 'not null': true, default: '0' }), column({ 'not null': true }), 'breaking'],
  ['generated from now on', column({}), column({ generated: '(a + 1)' }), 'breaking'],
  ['an index that is unique', null, object('index', 't.i', { unique: true }), 'dangerous'],
  [
    'another definition of a constraint',
    object('constraint', 't.k', { definition: 'CHECK (a)' }),
    object('constraint', 't.k', { definition: 'CHECK (b)' }),
    'dangerous',
  ],
  ['labels behind the others', object('type', 'e', { labels: 'a\nb' }), object('type', 'e', { labels: 'a\nx\nb' }), 'dangerous'],
  ['labels in another order', object('type', 'e', { labels: 'a\nb' }), object('type', 'e', { labels: 'b\na' }), 'breaking'],
  ['a label that is gone', object('type', 'e', { labels: 'a\nb' }), object('type', 'e', { labels: 'a\nx' }), 'breaking'],
  ['another result', object('function', 'f()', { result: 'text' }), object('function', 'f()', { result: 'integer' }), 'breaking'],
  ['another body', object('function', 'f()', { body: 'a' }), object('function', 'f()', { body: 'b' }), 'dangerous'],
  [
    'row security switched off',
    object('table', 't', { 'row security': true }),
    object('table', 't', { 'row security': false }),
    'dangerous',
  ],
] as const)('%s', (_, before, after, criticality) => {
  expect(levels(before === null ? [] : [before], [after])).toEqual([criticality]);
});

it('tells once what came or went with something that holds it', () => {
  const table = [
    object('table', 't'),
    column({ 'not null': true }),
    object('grant', 't.c: select to r', {}, 't.c'),
    object('policy', 't.p', {}, 't'),
  ];
  expect(sqlChanges([], table)).toEqual([{ criticality: 'safe', path: 't', message: 'table `t` was added' }]);
  expect(sqlChanges(table, [])).toEqual([{ criticality: 'breaking', path: 't', message: 'table `t` was removed' }]);
});

it('says from what to what, unless that is long, and puts the worst first', () => {
  const [before, after] = [column({}), column({ type: 'text', default: "''" })];
  const [f, g] = [object('function', 'f()', { body: 'a'.repeat(200) }), object('function', 'f()', { body: 'b' })];
  expect(sqlChanges([before, f], [after, g])).toEqual([
    { criticality: 'breaking', path: 't.c', message: 'column `t.c` has another type: `integer` → `text`' },
    { criticality: 'dangerous', path: 'f()', message: 'function `f()` has another body' },
    { criticality: 'dangerous', path: 't.c', message: "column `t.c` has another default: none → `''`" },
  ]);
  expect(sqlChanges([], [column({ 'not null': true, default: '0' })])[0]?.message).toBe(
    'column `t.c` was added: `integer`, not null, filled by itself',
  );
});

it.each([
  ['integer', 'bigint', true],
  ['smallint', 'numeric', true],
  ['bigint', 'integer', false],
  ['integer', 'text', false],
  ['real', 'double precision', true],
  ['character varying(10)', 'character varying(20)', true],
  ['character varying(20)', 'character varying(10)', false],
  ['character varying(20)', 'character varying', true],
  ['character varying', 'character varying(20)', false],
  ['character varying(20)', 'text', true],
  ['text', 'character varying', true],
  ['text', 'character varying(20)', false],
  ['numeric(10,2)', 'numeric(12,2)', true],
  ['numeric(10,2)', 'numeric(10,4)', false],
  ['numeric(10,2)', 'numeric', true],
  ['numeric', 'numeric(10,2)', false],
  ['integer', 'numeric(3,0)', false],
  ['timestamp without time zone', 'timestamp with time zone', false],
  ['public.colour', 'text', false],
])('%s → %s has room for all: %s', (from, to, room) => {
  expect(isWider(from, to)).toBe(room);
});
