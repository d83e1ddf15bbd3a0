/** Where time comes from. Everything that decides or records takes a clock, so that tests and replays can hold it still. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands at `iso` until it is moved. */
export function fixedClock(iso: string): Clock & { set(iso: string): void; advance(milliseconds: number): void } {
  let at = new Date(iso).getTime();
  return {
    now: () => new Date(at),
    set: (next) => {
      at = new Date(next).getTime();
    },
    advance: (milliseconds) => {
      at += milliseconds;
    },
  };
}

/** Seconds since the Unix epoch, whole. */
export function epochSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
