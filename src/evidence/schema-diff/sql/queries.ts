import type { ObjectKind } from './objects.ts';

/** Objects that are ours: not the system's, and not an extension's (`oid` of `catalog`). */
const own = (catalog: string, oid: string) =>
  `n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and not exists (
     select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;

/** `schema.name`, quoted where it must be. */
const named = (name: string) => `format('%I.%I', n.nspname, ${name})`;
const relation = named('c.relname');
const member = (name: string) => `format('%I.%I.%I', n.nspname, c.relname, ${name})`;
const fromRelations = 'from pg_class c join pg_namespace n on n.oid = c.relnamespace';
const asAttributes = (pairs: string) => `jsonb_build_object(${pairs}) as attributes`;

const tables = `select ${relation} as path, null as parent, ${asAttributes(`
    'row security', c.relrowsecurity, 'forced row security', c.relforcerowsecurity, 'persistence', c.relpersistence::text,
    'partitioning', concat_ws(' ', pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid))`)}
  ${fromRelations} where c.relkind in ('r', 'p', 'f') and ${own('pg_class', 'c.oid')}`;

const views = `select ${relation} as path, null as parent, ${asAttributes(`
    'definition', pg_get_viewdef(c.oid), 'materialized', c.relkind = 'm', 'options', array_to_string(c.reloptions, ' ')`)}
  ${fromRelations} where c.relkind in ('v', 'm') and ${own('pg_class', 'c.oid')}`;

const columns = `select ${member('a.attname')} as path, ${relation} as parent, ${asAttributes(`
    'type', format_type(a.atttypid, a.atttypmod), 'not null', a.attnotnull,
    'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
    'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end,
    'identity', nullif(a.attidentity::text, ''),
    'collation', (select l.collname from pg_collation l, pg_type t
                  where t.oid = a.atttypid and l.oid = a.attcollation and a.attcollation <> t.typcollation)`)}
  ${fromRelations}
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relkind in ('r', 'p', 'f', 'v', 'm', 'c') and ${own('pg_class', 'c.oid')}`;

/** Of enums the labels, of domains and ranges what they are made of; the columns of composite types are columns. */
const types = `select ${named('t.typname')} as path, null as parent, ${asAttributes(`
    'labels', (select string_agg(e.enumlabel, E'\\n' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
    'base', coalesce(case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
                     (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid)),
    'not null', t.typnotnull, 'default', t.typdefault`)}
  from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
  where (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and ${own('pg_type', 't.oid')}`;

/** A sequence that a column owns belongs to its table; one of an identity column is told by the column. */
const sequences = `select ${relation} as path, (
    select format('%I.%I', tn.nspname, t.relname) from pg_depend o
    join pg_class t on t.oid = o.refobjid join pg_namespace tn on tn.oid = t.relnamespace
    where o.classid = 'pg_class'::regclass and o.objid = c.oid and o.deptype = 'a') as parent, ${asAttributes(`
    'definition', format('%s from %s to %s by %s%s', format_type(s.seqtypid, null), s.seqmin, s.seqmax, s.seqincrement,
                         case when s.seqcycle then ', cycling' end)`)}
  ${fromRelations} join pg_sequence s on s.seqrelid = c.oid
  where ${own('pg_class', 'c.oid')} and not exists (
    select from pg_depend i where i.classid = 'pg_class'::regclass and i.objid = c.oid and i.deptype = 'i')`;

const signature = `format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))`;
const functions = `select ${signature} as path, null as parent, ${asAttributes(`
    'result', pg_get_function_result(p.oid), 'arguments', pg_get_function_arguments(p.oid),
    'body', coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
    'properties', concat_ws(' ', p.prokind, l.lanname, p.provolatile, p.proparallel, case when p.prosecdef then 'definer' end,
                            case when p.proisstrict then 'strict' end, array_to_string(p.proconfig, ' '))`)}
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
  where ${own('pg_proc', 'p.oid')}`;

/** Without NOT NULL, which PostgreSQL 18 keeps as constraints too: columns tell it. */
const constrained = named('coalesce(c.relname, t.typname)');
const constraints = `select format('%s.%I', ${constrained}, k.conname) as path, ${constrained} as parent, ${asAttributes(`'definition', pg_get_constraintdef(k.oid)`)}
  from pg_constraint k join pg_namespace n on n.oid = k.connamespace
  left join pg_class c on c.oid = k.conrelid left join pg_type t on t.oid = k.contypid
  where k.contype in ('c', 'f', 'p', 'u', 'x') and ${own('pg_constraint', 'k.oid')}`;

const indexes = `select ${member('x.relname')} as path, ${relation} as parent, ${asAttributes(`
    'unique', i.indisunique, 'definition', pg_get_indexdef(i.indexrelid)`)}
  ${fromRelations} join pg_index i on i.indrelid = c.oid join pg_class x on x.oid = i.indexrelid
  where ${own('pg_class', 'c.oid')} and not exists (
    select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))`;

const policies = `select ${member('p.polname')} as path, ${relation} as parent, ${asAttributes(`
    'definition', concat_ws(' ', case when p.polpermissive then 'permissive' else 'restrictive' end, 'for', p.polcmd, 'to', (
      select string_agg(coalesce(r.rolname, 'public'), ', ' order by r.rolname collate "C")
      from unnest(p.polroles) role left join pg_roles r on r.oid = role),
      'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))`)}
  ${fromRelations} join pg_policy p on p.polrelid = c.oid where ${own('pg_class', 'c.oid')}`;

const triggers = `select ${member('t.tgname')} as path, ${relation} as parent, ${asAttributes(`
    'definition', concat_ws(' ', pg_get_triggerdef(t.oid), case when t.tgenabled <> 'O' then t.tgenabled end)`)}
  ${fromRelations} join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal where ${own('pg_class', 'c.oid')}`;

/** What others than the owner may do: an access list that is empty stands for the default one. */
const grantsOn = (path: string, acl: string, owner: string, from: string) => `
  select format('%s: %s to %s', ${path}, lower(g.privilege_type), coalesce(quote_ident(r.rolname), 'public')) as path, ${path} as parent,
    jsonb_build_object('grantable', bool_or(g.is_grantable)) as attributes
  ${from} cross join lateral aclexplode(${acl}) g left join pg_roles r on r.oid = g.grantee
  where g.grantee <> ${owner} and {own} group by 1, 2`;
const grants = [
  grantsOn(
    relation,
    `coalesce(c.relacl, acldefault((case c.relkind when 'S' then 's' else 'r' end)::"char", c.relowner))`,
    'c.relowner',
    fromRelations,
  ).replace('{own}', own('pg_class', 'c.oid')),
  grantsOn(
    member('a.attname'),
    'a.attacl',
    'c.relowner',
    `${fromRelations} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0`,
  ).replace('{own}', own('pg_class', 'c.oid')),
  grantsOn(
    signature,
    `coalesce(p.proacl, acldefault('f', p.proowner))`,
    'p.proowner',
    'from pg_proc p join pg_namespace n on n.oid = p.pronamespace',
  ).replace('{own}', own('pg_proc', 'p.oid')),
  grantsOn(`quote_ident(n.nspname)`, `coalesce(n.nspacl, acldefault('n', n.nspowner))`, 'n.nspowner', 'from pg_namespace n').replace(
    '{own}',
    own('pg_namespace', 'n.oid'),
  ),
].join('\n  union all');

/** For each kind of object a query of `path`, `parent` and `attributes`, for PostgreSQL 15 and newer. */
export const queries: ReadonlyMap<ObjectKind, string> = new Map([
  [
    'schema',
    `select quote_ident(n.nspname) as path, null as parent, '{}'::jsonb as attributes from pg_namespace n where ${own('pg_namespace', 'n.oid')}`,
  ],
  ['extension', `select quote_ident(extname) as path, null as parent, ${asAttributes(`'version', extversion`)} from pg_extension`],
  ['table', tables],
  ['view', views],
  ['column', columns],
  ['type', types],
  ['sequence', sequences],
  ['function', functions],
  ['constraint', constraints],
  ['index', indexes],
  ['policy', policies],
  ['trigger', triggers],
  ['grant', grants],
]);
