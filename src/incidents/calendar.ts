import type { CalendarSettings } from '../config/index.ts';
import type { Facts } from '../policy/index.ts';

/** A moment as the tenant's own clocks and calendar show it: what rules about times of day are told. */
export type CalendarFacts = NonNullable<Facts['calendar']>;

/** What a clock on the wall shows. */
export type WallClock = {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** `HH:MM:SS`. */
  readonly time: string;
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: number;
  readonly minuteOfDay: number;
};

/** A tenant without a calendar: UTC, no window, no holidays. */
const none: Omit<CalendarSettings, 'tenant'> = { timeZone: 'UTC', holidays: [] };

/** The calendar of a tenant at a moment. */
export function calendarAt(calendars: readonly CalendarSettings[]): (tenant: string, at: Date) => CalendarFacts {
  const clocks = wallClocks(calendars);
  return (tenant, at) => {
    const { timeZone, changeWindow, holidays } = calendars.find((calendar) => calendar.tenant === tenant) ?? none;
    const { date, weekday, minuteOfDay } = clocks(tenant, at);
    const holiday = holidays.find((day) => day.date === date)?.name ?? null;
    return { timeZone, weekday, minuteOfDay, holiday, window: changeWindow ?? null };
  };
}

/** The clock on a tenant's wall. */
export function wallClocks(calendars: readonly CalendarSettings[]): (tenant: string, at: Date) => WallClock {
  const utc = wallClock(none.timeZone);
  const byTenant = new Map(calendars.map(({ tenant, timeZone }) => [tenant, wallClock(timeZone)]));
  return (tenant, at) => (byTenant.get(tenant) ?? utc)(at);
}

/** A clock in a time zone of the IANA database; made once, as making one costs far more than reading it. */
export function wallClock(timeZone: string): (at: Date) => WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const date = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
    const time = `${parts.get('hour')}:${parts.get('minute')}:${parts.get('second')}`;
    const minuteOfDay = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
    return { date, time, weekday: new Date(`${date}T00:00:00Z`).getUTCDay() || 7, minuteOfDay };
  };
}
