/** What operators are told of the ledger as a whole. Counts and moments over all tenants, no row of any. */
export const ledgerHealth = {
  name: '0009-ledger-health',
  sql: `
-- The moment in a UUIDv7 (RFC 9562 §5.7) behind a prefix: its first 48 bits are milliseconds since 1970.
create function ledger_moment_of(entry_id text) returns timestamptz
  language sql immutable set search_path = pg_catalog, public
  as $$
    select to_timestamp(('x' || lpad(substr(replace(split_part(entry_id, '_', 2), '-', ''), 1, 12), 16, '0'))::bit(64)::bigint / 1000.0)
  $$;

create function ledger_health() returns table (
  waiting bigint, oldest_waiting timestamptz, unsigned_logs bigint, oldest_unsigned timestamptz, newest_checkpoint timestamptz, quarantined bigint
)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    with unsigned as (
      select h.tenant, coalesce(s.size, 0) as from_seq from public.ledger_head h left join public.ledger_signing s on s.tenant = h.tenant
      where h.size > coalesce(s.size, 0)
    )
    select
      (select count(*) from public.ledger_outbox),
      (select min(public.ledger_moment_of(o.entry_id)) from public.ledger_outbox o),
      (select count(*) from unsigned),
      (select min(public.ledger_moment_of(l.entry_id)) from unsigned u join public.ledger_leaf l on l.tenant = u.tenant and l.seq = u.from_seq),
      (select max(c.signed_at) from public.ledger_signing s join public.ledger_checkpoint c on c.tenant = s.tenant and c.size = s.size),
      (select count(*) from public.ledger_quarantine)
  $$;
revoke all on function ledger_health() from public;
grant execute on function ledger_health() to countersign_app;
`,
} as const;
