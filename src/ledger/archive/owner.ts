import type pg from 'pg';
import { connectOnce } from '../../storage/index.ts';
import { refused } from './errors.ts';
import type { Segment } from './read-segment.ts';

/** How many leaves are deleted in one transaction: short, so that nobody waits for it. */
const BATCH = 1_024;

/** What only the owner of the tables may do: the application's role neither deletes a leaf nor says that one was archived. */
export type Owner = {
  /** Says that the segment is stored away; from then on nobody looks for its entries here. Twice is once. @throws LedgerError `ledger.archive_refused` */
  record(segment: Segment, allowedBy: string): Promise<void>;
  /** Deletes the next leaves of the segment; how many those were. Tiles and subjects stay. */
  deleteSome(segment: Segment): Promise<number>;
  /** Which decision put the segment away; it must be the newest one of its log. @throws LedgerError `ledger.archive_refused` */
  allowedBy(segment: Segment): Promise<string>;
  /** Says that the segment's entries are here again. */
  forget(segment: Segment): Promise<void>;
};

export async function asOwner<T>(ownerUrl: string, work: (owner: Owner) => Promise<T>): Promise<T> {
  const client = await connectOnce(ownerUrl);
  try {
    return await work({
      record: (segment, allowedBy) => record(client, segment, allowedBy),
      deleteSome: (segment) => deleteSome(client, segment),
      allowedBy: (segment) => allowedBy(client, segment),
      forget: async ({ manifest }) => {
        await client.query('delete from ledger_archive where tenant = $1 and until = $2', [manifest.log, manifest.to]);
      },
    });
  } finally {
    await client.end();
  }
}

async function record(client: pg.Client, { manifest, digest }: Segment, allowedBy: string): Promise<void> {
  const { log, from, to, root } = manifest;
  await client.query(
    `insert into ledger_archive (tenant, first, until, manifest, root, allowed_by)
     select $1, $2, $3, $4, $5, $6
     where coalesce((select max(until) from ledger_archive where tenant = $1), 0) = $2
     on conflict do nothing`,
    [log, from, to, digest, Buffer.from(root, 'hex'), allowedBy],
  );
  const { rows } = await client.query<{ manifest: string }>('select manifest from ledger_archive where tenant = $1 and until = $2', [
    log,
    to,
  ]);
  if (rows[0]?.manifest === digest) return;
  throw refused(
    `the entries before ${to} of log \`${log}\` do not begin where the archives before end, or are in another one`,
    'write the archive anew',
  );
}

async function deleteSome(client: pg.Client, { manifest: { log, from, to } }: Segment): Promise<number> {
  const { rowCount } = await client.query(
    `delete from ledger_leaf where tenant = $1 and seq >= $2 and seq < least($3::bigint,
       (select min(seq) from ledger_leaf where tenant = $1 and seq >= $2) + ${BATCH})`,
    [log, from, to],
  );
  return rowCount ?? 0;
}

async function allowedBy(client: pg.Client, { manifest: { log, to }, digest }: Segment): Promise<string> {
  const { rows } = await client.query<{ until: string; manifest: string; allowed_by: string }>(
    'select until, manifest, allowed_by from ledger_archive where tenant = $1 order by until desc limit 1',
    [log],
  );
  const [newest] = rows;
  if (newest === undefined) throw refused(`no entries of log \`${log}\` are stored away`, 'there is nothing to restore');
  if (Number(newest.until) !== to) {
    throw refused(`the archive ends at ${to}, the newest one of log \`${log}\` at ${newest.until}`, 'restore the newest archive first');
  }
  if (newest.manifest === digest) return newest.allowed_by;
  throw refused(
    `archive.json has the digest ${digest}, stored away was ${newest.manifest}`,
    'take the archive that was made then; this one was altered',
  );
}
