import { connectOnce } from '../../src/storage/index.ts';

export type Relation = { readonly name: string; readonly bytes: number };

/** What a ledger takes on disk, relation by relation, largest first. */
export async function relationSizes(ownerUrl: string): Promise<Relation[]> {
  const client = await connectOnce(ownerUrl);
  try {
    const { rows } = await client.query<{ name: string; bytes: string }>(`
      with tables as (select unnest(array['ledger_leaf', 'ledger_subject', 'ledger_tile', 'ledger_checkpoint']::regclass[]) as oid)
      select oid::regclass::text as name, pg_table_size(oid) as bytes from tables
      union all select i.indexrelid::regclass::text, pg_relation_size(i.indexrelid) from tables t join pg_index i on i.indrelid = t.oid
      order by bytes desc`);
    return rows.map(({ name, bytes }) => ({ name, bytes: Number(bytes) }));
  } finally {
    await client.end();
  }
}
