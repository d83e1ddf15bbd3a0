/** Percent of a whole, rounded down to two decimals. */
export function percentOf(part: number, whole: number): number {
  return Math.floor((10_000 * part) / whole) / 100;
}

/** Seconds as milliseconds, rounded down to three decimals. */
export function millisecondsOf(seconds: number): number {
  return downToThousandths(seconds * 1_000);
}

export function downToThousandths(value: number): number {
  return Math.floor(value * 1_000) / 1_000;
}
