/**
 * What makes the ledger hold under attack and under load: sealed outbox rows, a row of their own for signers, a place for what
 * cannot be sequenced, and the two questions that span tenants (what to put into the meta-log, what a standby has).
 */
export const ledgerStrength = {
  name: '0005-ledger-strength',
  sql: `
-- A row without a seal could be anybody's. The version before drains its outbox when it stops; after a kill, start it once more.
do $$ begin
  if exists (select from ledger_outbox) then
    raise exception 'the ledger outbox still holds entries of the version before'
      using hint = 'start that version once more, wait until GET /ready answers, stop it, and start this one';
  end if;
end $$;
alter table ledger_outbox add column seal bytea not null;

alter table ledger_checkpoint add column signed_at timestamptz not null default now();

-- Signers queue here and not at the head, so that a log is sequenced while it is signed.
create table ledger_signing (
  tenant text primary key,
  -- The verifier key whose signature counts; another one takes over only by a rotation entry.
  verifier_key text not null,
  size bigint not null
);
grant select, insert, update on ledger_signing to countersign_app;

-- Rotations: the checkpoints with two signatures, which lead from one key to the next.
create table ledger_rotation (
  tenant text not null,
  size bigint not null,
  note text not null,
  primary key (tenant, size)
);
grant select, insert on ledger_rotation to countersign_app;

-- What committed but cannot be sequenced: kept for an inquiry, named in the log by an entry of its own.
create table ledger_quarantine (
  tenant text not null,
  position bigint not null,
  entry_id text not null,
  body bytea not null,
  seal bytea not null,
  reason text not null check (reason in ('seal', 'conflict')),
  at timestamptz not null default now(),
  -- With the id: a row that was put there beforehand must not keep a real one out.
  primary key (tenant, position, entry_id)
);
grant select, insert on ledger_quarantine to countersign_app;

-- Once a statement and not once a row: a batch is a thousand rows.
drop trigger ledger_outbox_keeps_unplaced on ledger_outbox;
create or replace function ledger_outbox_keeps_unplaced() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public
  as $$ declare unplaced text; begin
    select r.entry_id into unplaced from removed r
    left join public.ledger_head h on h.tenant = r.tenant
    left join lateral (
      -- as the first of a range in order: the plan is made once, on an empty table, and must not come to read the whole log
      select l.seq from public.ledger_leaf l
      where l.tenant = r.tenant and l.entry_id >= r.entry_id and l.entry_id <= r.entry_id order by l.entry_id limit 1
    ) leaf on true
    where (leaf.seq is null or leaf.seq >= h.size) -- one beyond the tree's end is no leaf of it
      and not exists (
        -- as it was, so that it can be looked into
        select from public.ledger_quarantine q
        where q.tenant = r.tenant and q.position = r.position and q.entry_id = r.entry_id and q.body = r.body and q.seal = r.seal
      )
    limit 1;
    if found then
      raise exception 'ledger entry % has no place in the log yet and cannot be removed', unplaced;
    end if;
    return null;
  end $$;
create trigger ledger_outbox_keeps_unplaced after delete on ledger_outbox
  referencing old table as removed for each statement execute function ledger_outbox_keeps_unplaced();

-- Which logs have entries to sequence, and how many, or a head to sign.
drop function ledger_backlog();
create function ledger_backlog() returns table (tenant text, waiting bigint)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select t.tenant, sum(t.waiting)::bigint from (
      select o.tenant, count(*) as waiting from public.ledger_outbox o group by o.tenant
      union all
      select h.tenant, 0 from public.ledger_head h left join public.ledger_signing s on s.tenant = h.tenant
      where h.size > coalesce(s.size, 0)
    ) t group by t.tenant
  $$;
revoke all on function ledger_backlog() from public;
grant execute on function ledger_backlog() to countersign_app;

-- The newest checkpoint of every log but one: what the meta-log takes up. Sizes and roots, no entry of anybody.
create function ledger_newest_checkpoints(except_log text) returns table (tenant text, size bigint, note text, signed_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select c.tenant, c.size, c.note, c.signed_at from public.ledger_signing s
    join public.ledger_checkpoint c on c.tenant = s.tenant and c.size = s.size
    where s.tenant <> except_log
  $$;
revoke all on function ledger_newest_checkpoints(text) from public;
grant execute on function ledger_newest_checkpoints(text) to countersign_app;

-- True when what was written up to a position is flushed on as many standbys as synchronous_standby_names asks for; without any,
-- when it is flushed here. A role that may not see pg_stat_replication sees no standby: not replicated, nothing is signed.
create function ledger_is_durable(until pg_lsn) returns boolean
  language sql volatile security definer set search_path = pg_catalog, public
  as $$
    select pg_current_wal_flush_lsn() >= until and (
      select count(*) from pg_stat_replication r where r.sync_state in ('sync', 'quorum') and r.flush_lsn >= until
    ) >= case when current_setting('synchronous_standby_names') = '' then 0
         else coalesce((regexp_match(current_setting('synchronous_standby_names'), '^\\s*(?:first|any)?\\s*(\\d+)\\s*\\(', 'i'))[1]::int, 1) end
  $$;
revoke all on function ledger_is_durable(pg_lsn) from public;
grant execute on function ledger_is_durable(pg_lsn) to countersign_app;
`,
} as const;
