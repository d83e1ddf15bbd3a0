/** What witnesses said of our checkpoints: how far each has come with a log, and the lines that it signed. */
export const witness = {
  name: '0008-witness',
  sql: `
create table ledger_witness (
  tenant text not null,
  witness text not null,
  size bigint not null check (size >= 0),
  primary key (tenant, witness)
);
create table ledger_cosignature (
  tenant text not null,
  size bigint not null,
  witness text not null,
  line text not null,
  at timestamptz not null,
  primary key (tenant, size, witness)
);

grant select, insert, update on ledger_witness, ledger_cosignature to countersign_app;

-- How large the newest signed checkpoint of each log is: who carries checkpoints outside has to know of every log, and of no row of any.
create function ledger_heads() returns table (tenant text, size bigint)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select h.tenant, c.size from public.ledger_head h
    cross join lateral (
      select k.size from public.ledger_checkpoint k where k.tenant = h.tenant order by k.size desc limit 1
    ) c
  $$;
revoke all on function ledger_heads() from public;
grant execute on function ledger_heads() to countersign_app;
`,
} as const;
