import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeSchema } from '../../../src/evidence/schema-diff/sql/catalog.ts';
import { sqlChanges } from '../../../src/evidence/schema-diff/sql/compare.ts';
import type { SqlObject } from '../../../src/evidence/schema-diff/sql/objects.ts';
import { connected, emptyDatabase, openTestDatabase, query, type TestDatabase } from '../../support/postgres.ts';

let shared: TestDatabase;
let client: pg.Client;
let before: SqlObject[];
beforeAll(async () => {
  shared = await openTestDatabase({ poolSize: 1 });
  await query(shared.ownerUrl, 'drop schema public cascade');
  await query(shared.ownerUrl, `create schema public; grant usage on schema public to public; ${everything}`);
  before = await connected(shared.ownerUrl, describeSchema);
  client = new pg.Client({ connectionString: shared.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await shared.close();
});

/** One of each kind of object. */
const everything = `
  create schema "Odd";
  create type colour as enum ('red', 'green');
  create domain positive as integer check (value > 0);
  create type pair as (a integer, b text);
  create table parent (id bigint generated always as identity primary key, tenant text not null);
  create table child (
    id serial primary key,
    parent bigint not null references parent (id),
    tone colour default 'red',
    amount numeric(10,2) not null default 0,
    twice numeric generated always as (amount * 2) stored,
    label varchar(20) collate "C",
    constraint amount_positive check (amount >= 0)
  );
  create index child_by_label on child (label);
  create unique index child_once on child (parent, label) where label is not null;
  alter table parent enable row level security;
  create policy own on parent using (tenant = current_user) with check (tenant = current_user);
  create function half(n numeric, by numeric default 2) returns numeric language sql immutable as 'select n / by';
  create function nop() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger touched before update on child for each row execute function nop();
  create view labels as select id, label from child;
  create sequence tickets increment 5;
  grant select, update (label) on child to countersign_app;
  revoke execute on function half(numeric, numeric) from public;`;

it('describes one of each kind, the same in every database, and nothing of the system', async () => {
  const { ownerUrl } = await emptyDatabase();
  await query(ownerUrl, everything);
  const one = await connected(ownerUrl, describeSchema);
  expect(sqlChanges(one, before)).toEqual([]);
  expect([...new Set(one.map(({ kind }) => kind))]).toEqual([
    'column',
    'constraint',
    'extension',
    'function',
    'grant',
    'index',
    'policy',
    'schema',
    'sequence',
    'table',
    'trigger',
    'type',
    'view',
  ]);
  expect(
    one.filter(({ parent, kind }) => parent === 'public.child' && kind !== 'grant').map(({ kind, path }) => `${kind} ${path}`),
  ).toEqual([
    'column public.child.amount',
    'column public.child.id',
    'column public.child.label',
    'column public.child.parent',
    'column public.child.tone',
    'column public.child.twice',
    'constraint public.child.amount_positive',
    'constraint public.child.child_parent_fkey',
    'constraint public.child.child_pkey',
    'index public.child.child_by_label',
    'index public.child.child_once',
    'sequence public.child_id_seq',
    'trigger public.child.touched',
  ]);
  expect(one.filter(({ kind, parent }) => kind === 'grant' && parent?.startsWith('public.') === true).map(({ path }) => path)).toEqual([
    'public.child.label: update to countersign_app',
    'public.child: select to countersign_app',
    'public.nop(): execute to public',
  ]);
});

it.each([
  ['drop view labels', ['breaking view `public.labels` was removed']],
  ['drop table child cascade', ['breaking table `public.child` was removed', 'breaking view `public.labels` was removed']],
  ['alter table child drop column tone', ['breaking column `public.child.tone` was removed']],
  ['alter table child add column note text', ['safe column `public.child.note` was added: `text`']],
  ['alter table child add column note text not null', ['breaking column `public.child.note` was added: `text`, not null']],
  ['alter table child alter column parent type integer', ['breaking column `public.child.parent` has another type: `bigint` → `integer`']],
  ['alter table child alter column amount drop default', ['breaking column `public.child.amount` has another default: `0` → none']],
  ['alter table child alter column tone set not null', ['dangerous column `public.child.tone` has another not null: `false` → `true`']],
  ['alter table child drop constraint amount_positive', ['dangerous constraint `public.child.amount_positive` was removed']],
  ['create unique index once on parent (tenant)', ['dangerous index `public.parent.once` was added']],
  ['create index again on parent (tenant)', ['safe index `public.parent.again` was added']],
  ['drop policy own on parent', ['dangerous policy `public.parent.own` was removed']],
  ['alter table parent disable row level security', ['dangerous table `public.parent` has another row security: `true` → `false`']],
  ["alter type colour add value 'blue'", ['dangerous type `public.colour` has another labels: `red, green` → `red, green, blue`']],
  ['alter type pair add attribute c date', ['safe column `public.pair.c` was added: `date`']],
  [
    'alter sequence tickets increment 7',
    [
      'dangerous sequence `public.tickets` has another definition: `bigint from 1 to 9223372036854775807 by 5` → `bigint from 1 to 9223372036854775807 by 7`',
    ],
  ],
  ['drop function half(numeric, numeric)', ['breaking function `public.half(n numeric, by numeric)` was removed']],
  [
    'alter function nop() security definer',
    ['dangerous function `public.nop()` has another properties: `f plpgsql v u` → `f plpgsql v u definer`'],
  ],
  ['alter table child disable trigger touched', ['dangerous trigger `public.child.touched` has another definition']],
  ['revoke select on child from countersign_app', ['breaking grant `public.child: select to countersign_app` was removed']],
  ['grant insert on child to public', ['dangerous grant `public.child: insert to public` was added']],
  ['drop schema "Odd"', ['breaking schema `"Odd"` was removed']],
])('%s', async (change, expected) => {
  // What is changed is undone again, so that one database serves all.
  await client.query('begin');
  await client.query(change);
  const changes = sqlChanges(before, await describeSchema(client));
  await client.query('rollback');
  expect(changes.map(({ criticality, message }) => `${criticality} ${message.replace(/: `CREATE TRIGGER.*$/, '')}`)).toEqual(expected);
});
