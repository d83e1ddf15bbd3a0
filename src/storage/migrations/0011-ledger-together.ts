/**
 * Lets the ledger work on several logs in one transaction, and on no other rows of theirs: where a log is kept, `countersign.tenant` may name
 * several tenants, between commas, which no name has. Everywhere else it is compared as it is, so that a transaction over several
 * sees nothing there.
 */
const tables = [
  'ledger_head',
  'ledger_outbox',
  'ledger_leaf',
  'ledger_subject',
  'ledger_tile',
  'ledger_quarantine',
  'ledger_signing',
  'ledger_checkpoint',
];
/**
 * In a subquery, so that it is taken apart once a statement and not for every row. Of a form that no index answers and that the planner takes
 * for true of nearly all rows: as `tenant = any (…)` it went into the index conditions, where it took the order from an index before
 * PostgreSQL 17, and its costs and its selectivity made the planner read a whole log for each row of a page.
 */
const named = `(array_position((select string_to_array(current_setting('countersign.tenant', true), ',')), tenant) is not null)`;

export const ledgerTogether = {
  name: '0011-ledger-together',
  sql: `
${tables.map((table) => `alter policy tenant_isolation on ${table} using ${named} with check ${named};`).join('\n')}

-- Whether an entry has its place: asked with every action by a statement that is prepared. Its plan must not be one for the few rows that there
-- were when it was made: it may neither scan nor sort, and as the first of a range in order only the index by entry ids can answer.
create function ledger_is_placed(log text, entry text) returns boolean
  language plpgsql stable set search_path = pg_catalog, public set enable_seqscan = off set enable_sort = off
  as $$ begin
    return (
      -- no EXISTS, which would drop the order
      select l.seq from public.ledger_leaf l where l.tenant = log and l.entry_id >= entry and l.entry_id <= entry order by l.entry_id limit 1
    ) is not null;
  end $$;
revoke all on function ledger_is_placed(text, text) from public;
grant execute on function ledger_is_placed(text, text) to countersign_app;

-- Hashes do not compress, and the newest tile is written with every batch.
alter table ledger_tile alter column hashes set storage external;
`,
} as const;
