/** Whole days from one moment to another, rounded down: before it, −1 and less. */
export function ageInDays(since: Date, now: Date): number {
  return Math.floor((now.getTime() - since.getTime()) / 86_400_000);
}
