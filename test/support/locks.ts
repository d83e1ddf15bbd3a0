import { eventually } from './deadline.ts';
import { query } from './postgres.ts';

/** Waits until so many sessions of this database stand in line for a lock that another one holds. */
export async function lockWaiters(ownerUrl: string, count: number): Promise<void> {
  await eventually(`${count} sessions wait for a lock`, async () => {
    const [row] = await query(
      ownerUrl,
      `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return Number(row?.['waiting']) >= count ? true : undefined;
  });
}
