import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../../src/storage/index.ts';
import { acme } from '../support/ledger.ts';
import { openTestDatabase, query } from '../support/postgres.ts';

const LEAVES = 20_000;

test('whether an entry has its place is asked of the index, also by a plan that was made when there were none', async () => {
  const db = await openTestDatabase();
  const one = new Database({ appUrl: db.appUrl, poolSize: 1 });
  onTestFinished(() => one.close().then(() => db.close()));
  const pagesFor = (id: string) =>
    one.transaction(acme, async (trx) => {
      const { rows } = await sql<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }>`
        explain (analyze, buffers, format json) select ledger_is_placed('acme', ${id})`.execute(trx);
      const { 'Shared Hit Blocks': hit = 0, 'Shared Read Blocks': read = 0 } = rows[0]?.['QUERY PLAN'][0]?.Plan ?? {};
      return hit + read;
    });
  for (let n = 0; n < 10; n += 1) await pagesFor('ent_none'); // the sixth time, PostgreSQL begins to keep the plan
  await query(
    db.ownerUrl,
    `insert into ledger_leaf (tenant, seq, entry_id, body, hash) select 'acme', n, 'ent_' || n, 'x', 'x' from generate_series(1, ${LEAVES}) n`,
  );
  expect(await pagesFor('ent_7')).toBeLessThan(20);
  expect(await pagesFor('ent_none')).toBeLessThan(20);
  const placed = (id: string) => one.transaction(acme, (trx) => sql`select ledger_is_placed('acme', ${id}) as placed`.execute(trx));
  expect([(await placed('ent_7')).rows, (await placed('ent_none')).rows]).toEqual([[{ placed: true }], [{ placed: false }]]);
});
