import { describe, expect, test } from 'vitest';
import { wallClock } from '../../src/incidents/calendar.ts';
import { calendarAt, freezeAt } from '../../src/incidents/index.ts';

const berlin = {
  tenant: 'acme',
  timeZone: 'Europe/Berlin',
  changeWindow: { days: [1, 2, 3, 4, 5], from: 480, until: 1_080 },
  holidays: [
    { date: '2026-12-25', name: 'Christmas' },
    { date: '2027-01-01', name: 'New Year' },
  ],
};
const kolkata = { tenant: 'globex', timeZone: 'Asia/Kolkata', holidays: [] };

describe('a clock on the wall', () => {
  test.each([
    // Summer time begins: 02:00 is 03:00.
    ['Europe/Berlin', '2026-03-29T00:59:59.999Z', '2026-03-29', '01:59:59', 7, 119],
    ['Europe/Berlin', '2026-03-29T01:00:00.000Z', '2026-03-29', '03:00:00', 7, 180],
    ['Europe/Berlin', '2026-03-29T22:00:00.000Z', '2026-03-30', '00:00:00', 1, 0],
    // It ends: the hour from 02:00 comes twice.
    ['Europe/Berlin', '2026-10-25T00:30:00.000Z', '2026-10-25', '02:30:00', 7, 150],
    ['Europe/Berlin', '2026-10-25T01:30:00.000Z', '2026-10-25', '02:30:00', 7, 150],
    ['Europe/Berlin', '2026-10-25T02:00:00.000Z', '2026-10-25', '03:00:00', 7, 180],
    ['Europe/Berlin', '2026-10-25T22:59:59.000Z', '2026-10-25', '23:59:59', 7, 1_439],
    ['Europe/Berlin', '2026-10-25T23:00:00.000Z', '2026-10-26', '00:00:00', 1, 0],
    ['Asia/Kolkata', '2026-03-01T18:29:00.000Z', '2026-03-01', '23:59:00', 7, 1_439],
    ['Asia/Kolkata', '2026-03-01T18:30:00.000Z', '2026-03-02', '00:00:00', 1, 0],
    ['Asia/Kathmandu', '2026-03-01T12:00:00.000Z', '2026-03-01', '17:45:00', 7, 1_065],
    // Either side of the date line, at one moment.
    ['Pacific/Kiritimati', '2026-12-31T10:30:00.000Z', '2027-01-01', '00:30:00', 5, 30],
    ['Pacific/Pago_Pago', '2026-12-31T10:30:00.000Z', '2026-12-30', '23:30:00', 3, 1_410],
    ['UTC', '2028-02-29T00:00:00.000Z', '2028-02-29', '00:00:00', 2, 0],
  ])('in %s at %s shows %s %s', (timeZone, at, date, time, weekday, minuteOfDay) => {
    expect(wallClock(timeZone)(new Date(at))).toEqual({ date, time, weekday, minuteOfDay });
  });
});

describe('the calendar of a tenant', () => {
  const at = calendarAt([berlin, kolkata]);

  test('is told in its own zone, with its window', () => {
    expect(at('acme', new Date('2026-03-30T06:00:00Z'))).toEqual({
      timeZone: 'Europe/Berlin',
      weekday: 1,
      minuteOfDay: 480,
      holiday: null,
      window: { days: [1, 2, 3, 4, 5], from: 480, until: 1_080 },
    });
  });

  test('without a window has none', () => {
    expect(at('globex', new Date('2026-03-01T18:30:00Z'))).toEqual({
      timeZone: 'Asia/Kolkata',
      weekday: 1,
      minuteOfDay: 0,
      holiday: null,
      window: null,
    });
  });

  test('that has none is UTC, without window and holidays', () => {
    expect(at('initech', new Date('2026-12-25T23:59:00Z'))).toEqual({
      timeZone: 'UTC',
      weekday: 5,
      minuteOfDay: 1_439,
      holiday: null,
      window: null,
    });
  });

  test.each([
    ['2026-12-24T22:59:59Z', null],
    ['2026-12-24T23:00:00Z', 'Christmas'],
    ['2026-12-25T22:59:59Z', 'Christmas'],
    ['2026-12-25T23:00:00Z', null],
    ['2026-12-31T23:00:00Z', 'New Year'],
  ])('has holidays from midnight to midnight of its zone: at %s %s', (moment, holiday) => {
    expect(at('acme', new Date(moment)).holiday).toBe(holiday);
  });
});

describe('a change freeze in local time', () => {
  const until = '2026-10-25T02:30';
  const at = freezeAt(
    [
      { tenant: 'acme', from: '2026-10-24T18:00:00', until, reason: 'clocks change' },
      { tenant: 'acme', from: '2026-12-31T12:00:30', until: '2027-01-01T00:00', reason: 'year end' },
      { tenant: 'initech', from: '2026-12-31T12:00', until: '2027-01-01T00:00', reason: 'year end' },
    ],
    [berlin],
  );
  test.each([
    ['acme', '2026-10-24T15:59:59.999Z', false],
    ['acme', '2026-10-24T16:00:00.000Z', true],
    ['acme', '2026-10-25T00:29:59.999Z', true],
    ['acme', '2026-10-25T00:30:00.000Z', false],
    // The clocks show 02:00 to 02:59 a second time, so what was before 02:30 is so again.
    ['acme', '2026-10-25T01:00:00.000Z', true],
    ['acme', '2026-10-25T01:30:00.000Z', false],
    ['acme', '2026-12-31T11:00:29.000Z', false],
    ['acme', '2026-12-31T11:00:30.000Z', true],
    ['acme', '2026-12-31T22:59:59.000Z', true],
    ['acme', '2026-12-31T23:00:00.000Z', false],
    ['initech', '2026-12-31T11:59:59.000Z', false],
    ['initech', '2026-12-31T12:00:00.000Z', true],
    ['globex', '2026-12-31T12:00:00.000Z', false],
  ])('for %s at %s: %s', (tenant, moment, active) => {
    expect(at(tenant, new Date(moment)).active).toBe(active);
  });

  test('is told as it was written', () => {
    expect(at('acme', new Date('2026-10-24T20:00:00Z'))).toEqual({ active: true, until, reason: 'clocks change' });
  });
});
