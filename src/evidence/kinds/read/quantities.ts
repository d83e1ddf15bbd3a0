import { z } from 'zod';

/** Downwards, to two decimals: a threshold is never met by rounding. */
export function percentOf(part: number, whole: number): number {
  return Math.floor((10_000 * part) / whole) / 100;
}

/** Downwards, to three decimals: milliseconds and seconds of a summary. */
export function thousandths(value: number): number {
  return Math.floor(1_000 * value) / 1_000;
}

export const count = z.int().min(0);
export const seconds = z.number().min(0);
/** A part of a whole, 0 to 1. */
export const ratio = z.number().min(0).max(1);
export const text = z.string().min(1);
/** RFC 3339 in UTC, as our own forms have it. */
export const utc = z.iso.datetime();
/** RFC 3339 with any offset, as others write it. */
export const instant = z.iso.datetime({ offset: true });

/** RFC 3339 in UTC with milliseconds. */
export function toUtc(time: string): string {
  return new Date(time).toISOString();
}

/** The latest of some moments, in UTC; null of none. */
export function latest(times: readonly string[]): string | null {
  return times.map(toUtc).reduce<string | null>((last, time) => (last === null || time > last ? time : last), null);
}

/** By code unit: the order of a locale is not the same everywhere. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** For what starts and finishes. */
export function inTime({ startedAt, finishedAt }: { readonly startedAt: string; readonly finishedAt: string }): boolean {
  return toUtc(startedAt) <= toUtc(finishedAt);
}
