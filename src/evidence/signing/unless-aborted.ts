import { interrupted } from '../layout/partial-folder.ts';

/** What `work` comes to, unless the signal comes first; the work itself may go on, and nobody waits for it. @throws EvidenceError `evidence.interrupted` */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(interrupted());
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, work]);
  } finally {
    signal.removeEventListener('abort', stop);
    // A race that was lost is no fault of anybody's.
    work.catch(() => {});
  }
}
