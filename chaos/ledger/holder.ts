import { connectOnce } from '../../src/storage/index.ts';

/** Put into the connection URL of each load process, so that the server can say whose session it is. */
export const applicationName = (slot: number): string => `chaos-${slot}`;

/** A load process whose transaction has a log's head right now. */
export type Holder = { readonly slot: number; readonly pid: number };

/**
 * Who sequences at this moment: sessions with a granted lock on the table of heads that wait for nobody's. Row locks are not in
 * `pg_locks`, but who has or waits for one has the table's lock as well, and who waits is seen waiting.
 */
async function holdersOf(ownerUrl: string): Promise<Holder[]> {
  const client = await connectOnce(ownerUrl);
  try {
    const { rows } = await client.query<{ name: string; pid: number }>(`
      select distinct a.application_name as name, a.pid from pg_locks l join pg_stat_activity a using (pid)
      where l.relation = 'ledger_head'::regclass and l.granted and l.mode in ('RowShareLock', 'RowExclusiveLock')
        and a.application_name like 'chaos-%' and not exists (select from pg_locks w where w.pid = l.pid and not w.granted)`);
    return rows.map(({ name, pid }) => ({ slot: Number(name.slice('chaos-'.length)), pid }));
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

/** Seen twice by the same session: what the server was still working on when its client froze has had time to end. */
async function stillHolds(ownerUrl: string, slot: number): Promise<boolean> {
  const first = (await holdersOf(ownerUrl)).filter((holder) => holder.slot === slot);
  if (first.length === 0) return false;
  const second = await holdersOf(ownerUrl);
  return second.some((holder) => first.some(({ pid }) => pid === holder.pid));
}
