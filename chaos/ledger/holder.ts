import { connectOnce } from '../../src/storage/index.ts';

/** Put into the connection URL of each load process, so that the server can say whose session it is. */
export const applicationName = (slot: number): string => `chaos-${slot}`;

/** A session that has a log's head locked and waits for its client; `since` tells one such wait from the next. */
type Holding = { readonly slot: number; readonly pid: number; readonly since: string };

/**
 * Who is sequencing at this moment: sessions with a granted lock on the table of heads whose
 * client has the word. Row locks are not in `pg_locks`, but who has or waits for one has the table's lock; and who waits is not idle.
 */
async function holding(ownerUrl: string): Promise<Holding[]> {
  const client = await connectOnce(ownerUrl);
  try {
    const { rows } = await client.query<{ name: string; pid: number; since: string }>(`
      select distinct a.application_name as name, a.pid, a.state_change::text as since from pg_locks l join pg_stat_activity a using (pid)
      where l.relation = 'ledger_head'::regclass and l.granted and l.mode in ('RowShareLock', 'RowExclusiveLock')
        and a.application_name like 'chaos-%' and a.state = 'idle in transaction'`);
    return rows.map(({ name, pid, since }) => ({ slot: Number(name.slice('chaos-'.length)), pid, since }));
  } finally {
    await client.end();
  }
}

/** `at`: when it was frozen, in milliseconds of `performance.now`. */
export type Catch = { readonly slot: number; readonly held: boolean; readonly at: number };

/**
 * Freezes load processes one after the other, for an instant each, until one is frozen that has a log's head locked; gives up
 * after `attempts` and leaves the last one frozen. Looking first and freezing then would be too late: a batch takes milliseconds.
 */
export async function catchHolder(
  ownerUrl: string,
  slots: readonly number[],
  fleet: { freeze(slot: number): void; thaw(slot: number): void },
  attempts = 60,
): Promise<Catch> {
  for (let attempt = 1; ; attempt += 1) {
    const slot = slots[attempt % slots.length] ?? 0;
    const at = performance.now();
    fleet.freeze(slot);
    const held = await stillHolds(ownerUrl, slot);
    if (held || attempt === attempts) return { slot, held, at };
    fleet.thaw(slot);
  }
}

/** Seen twice in the very same wait: no statement was on its way when the client froze. */
async function stillHolds(ownerUrl: string, slot: number): Promise<boolean> {
  const first = (await holding(ownerUrl)).filter((one) => one.slot === slot);
  if (first.length === 0) return false;
  const second = await holding(ownerUrl);
  return second.some((one) => first.some(({ pid, since }) => pid === one.pid && since === one.since));
}
