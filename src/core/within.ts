import { setTimeout as delay } from 'node:timers/promises';

/** What `work` comes to if it does in time, else undefined; the work itself goes on. A rejection in time is thrown on. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController();
  const timeout = delay(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    timer.abort();
  }
}
