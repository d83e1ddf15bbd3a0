import type { CalendarSettings, FreezeSettings } from '../config/index.ts';
import { wallClocks } from './calendar.ts';

/**
 * Whether a change freeze of the configuration holds for a tenant at a moment: from its start up to, not including, its end. One that is
 * written without `Z` is held against what the tenant's own clocks show, so an hour that they show twice is judged twice.
 */
export function freezeAt(
  freezes: readonly FreezeSettings[],
  calendars: readonly CalendarSettings[],
): (tenant: string, at: Date) => { active: boolean; until: string; reason: string } {
  const clocks = wallClocks(calendars);
  return (tenant, at) => {
    const held = freezes.find((freeze) => freeze.tenant === tenant && holds(freeze, at, clocks(tenant, at)));
    return held === undefined ? { active: false, until: '', reason: '' } : { active: true, until: held.until, reason: held.reason };
  };
}

function holds({ from, until }: FreezeSettings, at: Date, { date, time }: { date: string; time: string }): boolean {
  if (from.endsWith('Z')) return new Date(from) <= at && at < new Date(until);
  const shown = `${date}T${time}`;
  return withSeconds(from) <= shown && shown < withSeconds(until);
}

/** Texts of one form compare as the moments do. */
function withSeconds(local: string): string {
  return local.length === 'YYYY-MM-DDTHH:MM'.length ? `${local}:00` : local;
}
