import { join } from 'node:path';
import pg from 'pg';
import type { TenantId } from '../src/core/index.ts';
import { verifyExport } from '../src/ledger/verify/index.ts';
import { EmbeddedPostgres } from '../src/storage/index.ts';
import { exportTo } from './evidence.ts';
import { say } from './story.ts';

/** Changes one letter of an entry in the database, as its owner can, and lets the verifier look at a fresh export. */
export async function alterLedger(dataDir: string, honestExport: string, log: TenantId): Promise<void> {
  const before = await verifyExport(honestExport);
  say(`the export from before: ${before.faults.length} faults in ${before.entries} entries, signature valid`);
  const client = new pg.Client({ connectionString: EmbeddedPostgres.attach({ dataDir }).url('owner') });
  await client.connect();
  try {
    // One letter of the denial of the proposer's own approval: it no longer reads DENY.
    const { rows } = await client.query<{ seq: string }>(
      `update ledger_leaf set body = convert_to(replace(convert_from(body, 'UTF8'), '"result":"DENY"', '"result":"DENZ"'), 'UTF8')
       where tenant = $1 and seq = (select min(seq) from ledger_leaf where tenant = $1 and position('"result":"DENY"'::bytea in body) > 0) returning seq`,
      [log],
    );
    say(`as superuser: one byte of entry ${rows[0]?.seq} changed in the table`);
  } finally {
    await client.end();
  }
  const folder = join(dataDir, 'ledger-after');
  await exportTo(dataDir, log, folder);
  const { faults } = await verifyExport(folder);
  for (const fault of faults) say(`verification: ${fault.kind}: ${fault.message}`);
  if (!faults.some((fault) => fault.kind === 'entry.altered')) throw new Error('the change went unnoticed');
}
