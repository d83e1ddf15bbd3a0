/**
 * The search columns of one leaf, out of its body; the same as `searchable` of src/ledger, which fills them from now on. A body that
 * somebody spoiled makes no columns and does not stop the migration: finding that out is for `ledger verify`.
 */
const functions = `
create function pg_temp.indexed(value json) returns text language sql immutable as $$
  select case
    when json_typeof(value) is distinct from 'string' then null
    when octet_length(value #>> '{}') > 512 then 'sha256:' || encode(sha256(convert_to(value #>> '{}', 'UTF8')), 'hex')
    else value #>> '{}' end
$$;
create function pg_temp.moment(value json) returns timestamptz language plpgsql immutable as $$ begin
  return case when value #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z$' then (value #>> '{}')::timestamptz end;
exception when others then return null;
end $$;
create function pg_temp.searchable(body bytea, out type text, out actor text, out result text, out rule text, out at timestamptz)
  language plpgsql immutable as $$
declare entry json;
begin
  entry := convert_from(body, 'UTF8');
  type := pg_temp.indexed(entry -> 'type');
  actor := pg_temp.indexed(entry -> 'actor' -> 'id');
  result := pg_temp.indexed(entry -> 'data' -> 'decision' -> 'result');
  rule := pg_temp.indexed(entry -> 'data' -> 'decision' -> 'ruleId');
  at := pg_temp.moment(entry -> 'ts');
exception when others then return;
end $$;
`;

/** Fills the columns of leaves that have none. */
export const backfill = `${functions}
update ledger_leaf l set type = s.type, actor = s.actor, result = s.result, rule = s.rule, at = s.at
  from ledger_leaf o, lateral pg_temp.searchable(o.body) s
  where o.tenant = l.tenant and o.seq = l.seq and l.type is null;
drop function pg_temp.searchable(bytea), pg_temp.moment(json), pg_temp.indexed(json);
`;

/**
 * What entries are found by. Each index is a posting list: the seqs of one value, in order, so that a page reads as many as it shows
 * and several conditions are an intersection of lists that never touches a body (docs/ledger-queries.md tells what each costs).
 */
export const ledgerQuery = {
  name: '0007-ledger-query',
  sql: `
alter table ledger_leaf
  add column type text, add column actor text, add column result text, add column rule text, add column at timestamptz;
${backfill}
-- With the moment beside the place, an entry's moment is known without its row.
alter table ledger_leaf drop constraint ledger_leaf_pkey, add primary key (tenant, seq) include (at);
create index ledger_leaf_by_type on ledger_leaf (tenant, type, seq);
create index ledger_leaf_by_actor on ledger_leaf (tenant, actor, seq);
create index ledger_leaf_by_result on ledger_leaf (tenant, result, seq);
create index ledger_leaf_by_rule on ledger_leaf (tenant, rule, seq);
create index ledger_leaf_by_time on ledger_leaf (tenant, at, seq);

-- Entries that were stored away: always the oldest ones, in segments that follow one another. Written by the owner, who alone may delete leaves.
create table ledger_archive (
  tenant text not null,
  first bigint not null,
  -- The first seq after it.
  until bigint not null check (until > first and until % 256 = 0),
  -- Digest of its archive.json.
  manifest text not null,
  root bytea not null,
  -- The decision that allowed it.
  allowed_by text not null,
  primary key (tenant, until),
  unique (tenant, first)
);
grant select on ledger_archive to countersign_app;
`,
} as const;
