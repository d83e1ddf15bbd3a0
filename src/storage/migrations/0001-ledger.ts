/**
 * The ledger and the idempotency keys. Grants are the first lock: the application may append leaves but neither change nor
 * delete one; row-level security by tenant is the second.
 */
export const ledger = {
  name: '0001-ledger',
  sql: `
create table ledger_head (
  tenant text primary key,
  size bigint not null,
  root bytea not null,
  last_hash bytea,
  frontier bytea not null
);
create table ledger_outbox (
  tenant text not null,
  position bigint generated always as identity,
  entry_id text not null,
  body bytea not null,
  subjects text[] not null,
  primary key (tenant, position),
  unique (tenant, entry_id)
);
create table ledger_leaf (
  tenant text not null,
  seq bigint not null,
  entry_id text not null,
  body bytea not null,
  hash bytea not null,
  primary key (tenant, seq),
  unique (tenant, entry_id)
);
create table ledger_tile (
  tenant text not null,
  level smallint not null,
  index bigint not null,
  hashes bytea not null,
  primary key (tenant, level, index)
);
create table ledger_checkpoint (
  tenant text not null,
  size bigint not null,
  note text not null,
  primary key (tenant, size)
);
create table ledger_subject (
  tenant text not null,
  subject text not null,
  seq bigint not null,
  primary key (tenant, subject, seq)
);
create table idempotency_key (
  tenant text not null,
  actor text not null,
  key text not null,
  request_digest text not null,
  outcome text,
  created_at timestamptz not null,
  primary key (tenant, actor, key)
);

grant select, insert, update on ledger_head to countersign_app;
grant select, insert, delete on ledger_outbox to countersign_app;
grant select, insert on ledger_leaf, ledger_checkpoint, ledger_subject to countersign_app;
grant select, insert, update on ledger_tile to countersign_app;
grant select, insert on idempotency_key to countersign_app;
grant update (outcome) on idempotency_key to countersign_app;

-- What waits leaves the outbox for its place in the log only: the application may delete a row there, and nothing else.
create function ledger_outbox_keeps_unplaced() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public
  as $$ begin
    if not exists (select from public.ledger_leaf l where l.tenant = old.tenant and l.entry_id = old.entry_id) then
      raise exception 'ledger entry % has no place in the log yet and cannot be removed', old.entry_id;
    end if;
    return old;
  end $$;
create trigger ledger_outbox_keeps_unplaced before delete on ledger_outbox
  for each row execute function ledger_outbox_keeps_unplaced();

-- Which logs have entries to sequence or a head to sign: the one question that spans tenants, answered without a row of any.
create function ledger_backlog() returns table (tenant text)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select distinct o.tenant from public.ledger_outbox o
    union
    select h.tenant from public.ledger_head h
    where h.size > 0 and not exists (select from public.ledger_checkpoint c where c.tenant = h.tenant and c.size = h.size)
  $$;
revoke all on function ledger_backlog() from public;
grant execute on function ledger_backlog() to countersign_app;
`,
} as const;
