import type pg from 'pg';
import { connectOnce } from '../../src/storage/index.ts';

export type StoredLeaf = { readonly seq: number; readonly entryId: string; readonly body: Buffer; readonly hash: Buffer };

/** What the database says of one log at one moment. */
export type Snapshot = {
  /** Leaves from the seq that was asked for. */
  readonly leaves: readonly StoredLeaf[];
  readonly head: { readonly size: number; readonly root: Buffer };
  /** Ids that are committed and wait for their place. */
  readonly waiting: readonly string[];
  /** Checkpoints larger than the one asked for (at rest: all), smallest first. */
  readonly checkpoints: readonly { readonly size: number; readonly note: string }[];
  /** Entries of business transactions among `leaves` and `waiting` whose effect is missing. */
  readonly withoutEffect: readonly string[];
  /** Recent effects (at rest: all) whose entry is neither in the log nor waiting. */
  readonly withoutEntry: readonly string[];
};

/** What is new: leaves from a seq on, checkpoints above a size. At rest, all effects and checkpoints are looked at. */
export type Wanted = { readonly log: string; readonly from: number; readonly signed: number; readonly atRest: boolean };

/** How many of the newest effects are looked at while the load runs; more than are made between two looks. */
const RECENT = 20_000;

/** Runs `work` on one state of the database, however busy it is. Reads as the superuser: past every lock but the rows' own. */
export async function atOneMoment<T>(ownerUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connectOnce(ownerUrl);
  try {
    await client.query('begin isolation level repeatable read read only');
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function readSnapshot(client: pg.Client, { log, from, signed, atRest }: Wanted): Promise<Snapshot> {
  const rows = async <Row extends pg.QueryResultRow>(text: string, ...values: readonly unknown[]): Promise<Row[]> =>
    (await client.query<Row>(text, [log, ...values])).rows;
  const leaves = await rows<{ seq: string; entry_id: string; body: Buffer; hash: Buffer }>(
    'select seq, entry_id, body, hash from ledger_leaf where tenant = $1 and seq >= $2 order by seq, entry_id',
    from,
  );
  const [head] = await rows<{ size: string; root: Buffer }>('select size, root from ledger_head where tenant = $1');
  const waiting = await rows<{ entry_id: string }>('select entry_id from ledger_outbox where tenant = $1');
  const checkpoints = await rows<{ size: string; note: string }>(
    'select size, note from ledger_checkpoint where tenant = $1 and size > $2 order by size',
    atRest ? -1 : signed,
  );
  const withoutEffect = await rows<{ entry_id: string }>(
    `select entry_id from (
       select entry_id, body from ledger_leaf where tenant = $1 and seq >= $2
       union all select entry_id, body from ledger_outbox where tenant = $1) e
     where convert_from(body, 'utf8') like '%"type":"chaos.business"%'
       and not exists (select from chaos_effect f where f.tenant = $1 and f.entry_id = e.entry_id)`,
    from,
  );
  const withoutEntry = await rows<{ entry_id: string }>(
    `select entry_id from chaos_effect f where tenant = $1 and position > (select coalesce(max(position), 0) from chaos_effect) - $2::bigint
       and not exists (select from ledger_leaf l where l.tenant = $1 and l.entry_id = f.entry_id)
       and not exists (select from ledger_outbox o where o.tenant = $1 and o.entry_id = f.entry_id)`,
    atRest ? Number.MAX_SAFE_INTEGER : RECENT,
  );
  const ids = (list: readonly { entry_id: string }[]): string[] => list.map((row) => row.entry_id);
  return {
    leaves: leaves.map((row) => ({ seq: Number(row.seq), entryId: row.entry_id, body: row.body, hash: row.hash })),
    head: { size: Number(head?.size ?? 0), root: head?.root ?? Buffer.alloc(0) },
    waiting: ids(waiting),
    checkpoints: checkpoints.map((row) => ({ size: Number(row.size), note: row.note })),
    withoutEffect: ids(withoutEffect),
    withoutEntry: ids(withoutEntry),
  };
}
