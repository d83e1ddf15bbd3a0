/**
 * What may leave the outbox: only an entry that stands inside the tree, or exactly what is quarantined. Before, a leaf beyond the tree's end
 * was enough, or any row that lay under its position in the quarantine beforehand.
 */
export const ledgerPlaces = {
  name: '0012-ledger-places',
  sql: `
-- With the id: a row that was put there beforehand must not keep a real one out.
alter table ledger_quarantine drop constraint ledger_quarantine_pkey, add primary key (tenant, position, entry_id);

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
`,
} as const;
